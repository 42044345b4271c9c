import type { flush } from './delivery.ts'
import type { listen } from './listen.ts'
import type { Options } from './options.ts'
import type { report } from './report.ts'
import type { selectorOf } from './selector.ts'
import type { Tools } from './tools.ts'

/** What the first file hands to the second: start.ts makes it, more/core.ts takes it. */
export type Core = readonly [
  options: Options,
  tools: Tools,
  report: typeof report,
  listen: typeof listen,
  selectorOf: typeof selectorOf,
  flush: typeof flush,
  waiting: Set<string>,
]

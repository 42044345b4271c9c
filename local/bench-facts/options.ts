/** The command line of `npm run bench:facts`. */
import { parseArgs } from 'node:util'
import { UsageError, wholeNumber } from '../command.ts'

export const help = `Measures the overview of a site's 30 days under two filters that are counted from facts.

npm run bench:facts -- [options]

  --events N   events of the site (default 1000000)
  --days N     over so many days (default 30)
  --rounds N   overviews, each under two filters that none had before (default 40)
  --files DIR  no stores and no HTTP: facts straight from the fold into this folder, where they are kept and found
               again, and overviews of them in a process of its own
  --keep DIR   where the stores and the facts are left, and found again by a run that names the same
  --cold N     so many processes that have just started (default 3)
  --memory N   RETRACE_FACTS_MEMORY_MB of the process that answers (default 384)
  --visits     with --files: a funnel of four steps and retention by week instead of overviews
  --json       one JSON object as the last line`

export type Options = {
  events: number
  days: number
  rounds: number
  files: string | undefined
  keep: string | undefined
  cold: number
  memory: number
  visits: boolean
  json: boolean
  help: boolean
}

/** @throws UsageError, or what parseArgs throws: saying what is wrong with the command */
export function parseOptions(argv: string[]): Options {
  const { values } = parseArgs({
    args: argv,
    options: {
      events: { type: 'string', default: '1000000' },
      days: { type: 'string', default: '30' },
      rounds: { type: 'string', default: '40' },
      files: { type: 'string' },
      keep: { type: 'string' },
      cold: { type: 'string', default: '3' },
      memory: { type: 'string', default: '384' },
      visits: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.visits && values.files === undefined) throw new UsageError('--visits goes with --files DIR')
  const count = (name: 'events' | 'days' | 'rounds' | 'cold' | 'memory') => wholeNumber(`--${name}`, values[name])
  return {
    ...{ events: count('events'), days: count('days'), rounds: count('rounds') },
    ...{ cold: count('cold'), memory: count('memory') },
    ...{ files: values.files, keep: values.keep, visits: values.visits, json: values.json, help: values.help },
  }
}

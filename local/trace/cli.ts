/** `npm run trace`: what became of one event? */
import { parseArgs } from 'node:util'
import type { ArrivalRange } from '../../consumers/archiver/read-archive.ts'
import { consumerEnvironment } from '../../consumers/runtime/process.ts'
import { parseTime } from '../parse-time.ts'
import { commandSettings, useRunningStores } from '../running.ts'
import type { EventName } from './find-copies.ts'
import { describe, isFound, toJson } from './report.ts'
import { trace } from './trace.ts'

const usage = `Usage: npm run trace -- LOAD N [--site SITE] [--from TIME] [--to TIME] [--json]

Follows one event, named by its page load (16 hex digits) and its number there: when it was accepted, its place in the
stream and in the archive, the cells that it changed, and why it was left out if it was.

  --site SITE   of which site (default: whichever has it)
  --from TIME   where to begin in the archive, by arrival, ISO 8601 (default: 7 days before --to)
  --to TIME     where to end (default: now)
  --json        the last line is one JSON object

Exit code 0: found, 1: nowhere, 2: wrong arguments.`

const dayMs = 86_400_000
/** As long as the deployed stream can be replayed (cdk/config.ts). */
const usualDays = 7

type Options = { name: EventName; range: ArrivalRange; json: boolean }

async function main(): Promise<void> {
  const { name, range, json } = readArguments(Date.now())
  const settings = commandSettings()
  useRunningStores(settings, process.env)
  const found = await trace(consumerEnvironment(process.env), name, range)
  console.log(describe(found))
  if (json) console.log(JSON.stringify(toJson(found)))
  process.exitCode = isFound(found) ? 0 : 1
}

function readArguments(now: number): Options {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        site: { type: 'string' },
        from: { type: 'string' },
        to: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    })
    if (values.help) {
      console.log(usage)
      process.exit(0)
    }
    const [load = '', n = '', ...more] = positionals
    if (!/^[0-9a-f]{16}$/.test(load)) throw new Error('LOAD must be 16 hex digits')
    if (!/^\d{1,9}$/.test(n)) throw new Error('N must be the number of the event in its page load, from 0')
    if (more.length > 0) throw new Error(`what is "${more[0]}" for?`)
    const to = values.to === undefined ? now : parseTime('--to', values.to)
    const from = values.from === undefined ? to - usualDays * dayMs : parseTime('--from', values.from)
    if (from >= to) throw new Error('--from must lie before --to')
    return { name: { load, n: Number(n), site: values.site }, range: { from, to }, json: values.json }
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`)
    process.exit(2)
  }
}

main().catch((error: unknown) => {
  console.error((error as Error).message)
  process.exit(1)
})

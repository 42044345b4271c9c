/** `npm run trace`: what became of one event? */
import { parseArgs } from 'node:util'
import type { ArrivalRange } from '../../consumers/archiver/read-archive.ts'
import { consumerEnvironment } from '../../consumers/runtime/process.ts'
import type { EventName } from '../../consumers/trace/find-copies.ts'
import { trace } from '../../consumers/trace/trace.ts'
import { parseRange, runCommand, UsageError } from '../command.ts'
import { commandSettings, useRunningStores } from '../running.ts'
import { describe, isFound, toJson } from './report.ts'

const usage = `Usage: npm run trace -- LOAD N [--site SITE] [--from TIME] [--to TIME] [--json]

Follows one event, named by its page load (16 hex digits) and its number there: when it was accepted, its place in the
stream and in the archive, the cells that it changed, and why it was left out if it was.

  --site SITE   of which site (default: whichever has it)
  --from TIME   where to begin in the archive, by arrival, ISO 8601 (default: 7 days before --to)
  --to TIME     where to end (default: now)
  --json        the last line is one JSON object

Exit code 0: found, 1: nowhere, 2: wrong arguments.`

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
  if (!/^[0-9a-f]{16}$/.test(load)) throw new UsageError('LOAD must be 16 hex digits')
  if (!/^\d{1,9}$/.test(n)) throw new UsageError('N must be the number of the event in its page load, from 0')
  if (more.length > 0) throw new UsageError(`what is "${more[0]}" for?`)
  return {
    name: { load, n: Number(n), site: values.site },
    range: parseRange(values, now, usualDays),
    json: values.json,
  }
}

runCommand(usage, main)

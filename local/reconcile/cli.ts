/** `npm run reconcile`: is everything that was accepted accounted for? */
import { parseArgs } from 'node:util'
import type { ArrivalRange } from '../../consumers/archiver/read-archive.ts'
import { consumerEnvironment } from '../../consumers/runtime/process.ts'
import { parseRange, runCommand, UsageError } from '../command.ts'
import { commandSettings, useRunningStores } from '../running.ts'
import { reconcile } from './reconcile.ts'
import { describe, toJson } from './report.ts'
import { awaitConsumers } from './wait.ts'

const usage = `Usage: npm run reconcile -- [--from TIME] [--to TIME] [--site SITE] [--wait SECONDS] [--json]

Adds up what became of every accepted event, and counts the archive again against it and against the dashboards' cells.

  --from TIME      arrival of the first event, ISO 8601 (default: a day before --to)
  --to TIME        arrival behind the last event (default: now)
  --site SITE      compare the cells of this site alone; the ledger is of all sites
  --wait SECONDS   how long to wait for consumers to note what they have done (default: 30)
  --json           the last line is one JSON object

An archive that is in Firehose alone (RETRACE_ARCHIVE_SINK=firehose) is not counted again: the ledger is added up.

Exit code 0: balanced, 1: not, 2: wrong arguments.`

const maxWaitSeconds = 3600

type Options = { range: ArrivalRange; site: string | undefined; waitMs: number; json: boolean }

async function main(): Promise<void> {
  const options = readArguments(Date.now())
  const settings = commandSettings()
  useRunningStores(settings, process.env)
  const environment = consumerEnvironment(process.env)
  await awaitConsumers(environment, options.range, options.waitMs)
  const result = await reconcile(environment, { range: options.range, site: options.site, now: Date.now() })
  console.log(describe(result, options.site))
  if (options.json) console.log(JSON.stringify(toJson(result)))
  process.exitCode = result.balanced ? 0 : 1
}

function readArguments(now: number): Options {
  const { values } = parseArgs({
    options: {
      from: { type: 'string' },
      to: { type: 'string' },
      site: { type: 'string' },
      wait: { type: 'string', default: '30' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(usage)
    process.exit(0)
  }
  const wait = Number(values.wait)
  if (values.wait.trim() === '' || !(wait >= 0 && wait <= maxWaitSeconds))
    throw new UsageError(`--wait must be a number from 0 to ${maxWaitSeconds}`)
  return { range: parseRange(values, now, 1), site: values.site, waitMs: wait * 1000, json: values.json }
}

runCommand(usage, main)

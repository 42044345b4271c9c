/** `npm run archive`: which objects of the archive count, for whoever reads them with another tool. */
import { parseArgs } from 'node:util'
import { parquetStores } from '../consumers/archiver/compose.ts'
import { listArchive } from '../consumers/archiver/read-archive.ts'
import { consumerEnvironment } from '../consumers/runtime/process.ts'
import { parseRange, runCommand, UsageError } from './command.ts'
import { commandSettings, useRunningStores } from './running.ts'

const usage = `Usage: npm run archive -- list [--from TIME] [--to TIME] [--json]

  --from TIME   arrivals from then on, ISO 8601 (default: a day ago); whole hours are listed
  --to TIME     up to then (default: now)
  --json        the last line of the output is one JSON object`

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      from: { type: 'string' },
      to: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return console.log(usage)
  if (positionals[0] !== 'list') throw new UsageError('list is needed')
  const range = parseRange(values, Date.now(), 1)

  useRunningStores(commandSettings(), process.env)
  const environment = consumerEnvironment(process.env)
  const objects = await listArchive(parquetStores(environment).manifest, range)
  for (const { key } of objects) console.log(`s3://${environment.settings.RETRACE_BUCKET}/${key}`)
  const rows = objects.reduce((sum, object) => sum + object.rows, 0)
  const bytes = objects.reduce((sum, object) => sum + object.bytes, 0)
  if (values.json) console.log(JSON.stringify({ rows, bytes, objects }))
  else console.error(`${objects.length} objects, ${rows} events, ${bytes} bytes`)
}

runCommand(usage, main)

/** `npm run bench:cost`: what the bill of a deployment rests on and no other benchmark measures (cdk/cost/measured.json). */
import { parseArgs } from 'node:util'
import { toParquet } from '../../consumers/archiver/parquet.ts'
import { toRows } from '../../consumers/archiver/rows.ts'
import { decodeRecords } from '../../consumers/runtime/records.ts'
import { drawBatches, startAt } from '../bench-aggregate/measure.ts'
import { trafficRecords } from '../bench-aggregate/records.ts'
import { runCommand } from '../command.ts'

const help = `Measures in memory what cdk/cost/measured.json holds: bytes a record by events in it, processor time of decoding
and of archiving.

npm run bench:cost -- [--json]`

const place = { consumer: 'archiver', shardId: 'shardId-000000000000' }

/** Bytes of an average record, by the events that the endpoint gathers in it. */
function recordSizes(): { events: number; bytes: number }[] {
  return [1, 100, 200, 500, 1000, 2000, 5000, 20_000].map((rate) => {
    const source = trafficRecords({ sites: ['demo'], seed: 1, rate, startAt })
    const sum = { records: 0, events: 0, bytes: 0 }
    while (sum.events < 20_000) {
      const { record, events } = source.next().value
      sum.records += 1
      sum.events += events
      sum.bytes += record.data.length
    }
    return { events: tenth(sum.events / sum.records), bytes: Math.round(sum.bytes / sum.records) }
  })
}

/** µs of processor time an event, least of four rounds: of decoding records, and of archiving them (decoding included). */
async function processorTimes(): Promise<{ decode: number; archive: number }> {
  const least = { decode: Number.POSITIVE_INFINITY, archive: Number.POSITIVE_INFINITY }
  const [batch] = drawBatches({ sites: ['demo'], seed: 1, rate: 2000, startAt }, 30_000, 60_000)
  if (batch === undefined) throw new Error('no traffic was drawn')
  for (let round = 0; round < 4; round += 1) {
    const before = process.cpuUsage()
    const decoded = await decodeRecords(place, batch.records, undefined, async (_place, _record, code, reason) => {
      throw new Error(`${code}: ${reason}`)
    })
    least.decode = Math.min(least.decode, microsecondsSince(before) / batch.events)
    toParquet(toRows(place.shardId, decoded))
    least.archive = Math.min(least.archive, microsecondsSince(before) / batch.events)
  }
  return { decode: tenth(least.decode), archive: tenth(least.archive) }
}

function microsecondsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before)
  return user + system
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { json: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
  })
  if (values.help) return console.log(help)
  const result = {
    records: recordSizes(),
    processorMicrosecondsPerEvent: await processorTimes(),
  }
  console.log('events in a record     bytes     bytes an event')
  for (const { events, bytes } of result.records)
    console.log(
      `${String(events).padStart(18)}${String(bytes).padStart(10)}${(bytes / events).toFixed(1).padStart(19)}`,
    )
  const { decode, archive } = result.processorMicrosecondsPerEvent
  console.log(`\nµs an event: decoding ${decode}, archiving with decoding ${archive}`)
  if (values.json) console.log(JSON.stringify(result))
}

runCommand(help, main)

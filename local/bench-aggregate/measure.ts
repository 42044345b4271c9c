/** What is measured, each in stream time: the rate decides how many events lie between two flushes. */
import type { StreamRecord } from '../../consumers/runtime/consumer.ts'
import { createAggregate, type WritePace } from './aggregate.ts'
import { createMemoryCells } from './memory-cells.ts'
import { type RecordOptions, trafficRecords } from './records.ts'

/** Inside an hour and a day, so that no bucket is cut by the length of a run. */
export const startAt = Date.parse('2026-03-10T12:00:00Z')
const rate = 2000

/** Values of hours wait for the save, as they do where cdk/config.ts is deployed as it stands. */
export function paceOf(saveIntervalMs: number): WritePace {
  return { breakdownDelayMs: saveIntervalMs, saveIntervalMs }
}

type Batch = { records: StreamRecord[]; events: number }

/** Batches of `flushMs` each, until they hold so many events. */
export function drawBatches(options: RecordOptions, flushMs: number, events: number): Batch[] {
  const source = trafficRecords(options)
  const batches: Batch[] = []
  let end = options.startAt
  for (let left = events; left > 0; ) {
    const batch: Batch = { records: [], events: 0 }
    end += flushMs
    while (batch.records.length === 0 || (batch.records.at(-1)?.arrivedAt ?? 0) < end) {
      const { record, events: count } = source.next().value
      batch.records.push(record)
      batch.events += count
    }
    batches.push(batch)
    left -= batch.events
  }
  return batches
}

export type Throughput = { events: number; perSecondAndCore: number }

/** Events over processor time of the whole process, garbage collection included, as if it had one core. */
export async function measureThroughput(batches: readonly Batch[], pace: WritePace): Promise<Throughput> {
  const aggregate = createAggregate(createMemoryCells(), pace)
  let events = 0
  const before = process.cpuUsage()
  for (const { records } of batches) events += await aggregate.handle(records)
  const { user, system } = process.cpuUsage(before)
  return { events, perSecondAndCore: events / ((user + system) / 1e6) }
}

export type WriteUnits = { perThousandEvents: number; largestItemBytes: number }

/** Write units between the first save and the second: cells that have just begun are small. */
export async function measureWriteUnits(
  sites: readonly string[],
  flushMs: number,
  pace: WritePace,
  seed: number,
): Promise<WriteUnits> {
  const cells = createMemoryCells()
  const aggregate = createAggregate(cells, pace)
  const { saveIntervalMs } = pace
  const flushesPerSave = saveIntervalMs / flushMs
  const events = (2 * saveIntervalMs * rate) / 1000
  const batches = drawBatches({ sites, seed, rate, startAt }, flushMs, events)
  let counted = 0
  let unitsBefore = 0
  for (const [i, { records }] of batches.entries()) {
    if (i === flushesPerSave) unitsBefore = cells.counts.units
    const aggregated = await aggregate.handle(records)
    if (i >= flushesPerSave) counted += aggregated
  }
  return {
    perThousandEvents: ((cells.counts.units - unitsBefore) / counted) * 1000,
    largestItemBytes: cells.counts.largestItemBytes,
  }
}

export function throughputBatches(events: number, seed: number): Batch[] {
  return drawBatches({ sites: ['demo'], seed, rate, startAt }, 5000, events)
}

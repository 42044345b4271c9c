/** What is measured: a replay of an archive by one core and by two threads, beside the fold of the same records. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'
import { FoldState } from '../../consumers/aggregator/fold-state.ts'
import { granularityMs, utcDay } from '../../consumers/aggregator/shapes/cell-key.ts'
import { dailySegments, segmentsBetween } from '../../consumers/aggregator/shapes/segments.ts'
import { type FoldListener, foldFamily } from '../../consumers/replay/fold-family.ts'
import { toFamilies } from '../../consumers/replay/shard-families.ts'
import { type ReplayTask, toFoldTask, warmUpFrom } from '../../consumers/replay/task.ts'
import { foldInWorkers } from '../../consumers/replay/workers.ts'
import type { StreamRecord } from '../../consumers/runtime/consumer.ts'
import { type DecodedStreamRecord, decodeRecords } from '../../consumers/runtime/records.ts'
import { createAggregate } from '../bench-aggregate/aggregate.ts'
import { createMemoryCells, type MemoryCells } from '../bench-aggregate/memory-cells.ts'
import { trafficRecords } from '../bench-aggregate/records.ts'
import { openBenchStores } from './fold-stores.ts'
import type { ProcessData } from './process.ts'

const runFile = promisify(execFile)
const { execArgv, execPath } = process
const startAt = Date.parse('2026-03-10T12:00:00Z')
const rate = 2000
/** As a replay writes. */
const onlyAtTheEnd = { breakdownDelayMs: Number.POSITIVE_INFINITY, saveIntervalMs: Number.POSITIVE_INFINITY }
const silent: FoldListener = { onEvents() {}, onPassedOver() {} }

export type Traffic = { shards: Map<string, StreamRecord[]>; events: number }

/** Two shards with half of the events each: one family for each of two threads. */
export function drawTraffic(events: number, seed: number): Traffic {
  const shards = new Map<string, StreamRecord[]>()
  let drawn = 0
  for (const number of [0, 1]) {
    const source = trafficRecords({ sites: ['demo'], seed: seed + number, rate: rate / 2, startAt })
    const records: StreamRecord[] = []
    for (let left = events / 2; left > 0; ) {
      const { record, events: count } = source.next().value
      records.push(record)
      left -= count
      drawn += count
    }
    shards.set(`shardId-00000000000${number}`, records)
  }
  return { shards, events: drawn }
}

export async function decodeTraffic({ shards }: Traffic): Promise<Map<string, DecodedStreamRecord[]>> {
  const decoded = new Map<string, DecodedStreamRecord[]>()
  for (const [shardId, records] of shards)
    decoded.set(
      shardId,
      await decodeRecords({ consumer: 'aggregator', shardId }, records, undefined, () =>
        Promise.reject(new Error('all of it can be decoded')),
      ),
    )
  return decoded
}

export function benchTask(now: number): ReplayTask {
  const day = Math.floor(startAt / granularityMs.day) * granularityMs.day
  const timeline = segmentsBetween(dailySegments(), warmUpFrom(day), day + granularityMs.day)
  return {
    generation: 'bench',
    segments: [utcDay(day)],
    sites: 'all',
    closedSites: [],
    timeline,
    rules: { documents: {}, bySegment: {} },
    startedAt: now,
  }
}

export type Round = { events: number; perSecondAndCore: number; cells: MemoryCells }

/** Events over processor time of the whole process, garbage collection included, as if it had one core. */
export async function replayOnce(folder: string, task: ReplayTask): Promise<Round> {
  const cells = createMemoryCells()
  const stores = await openBenchStores(folder, task, cells)
  let events = 0
  const before = process.cpuUsage()
  for (const family of toFamilies(await stores.source.shards()))
    events += (await foldFamily(stores, toFoldTask(task), family, silent)).counts.events
  return { events, perSecondAndCore: perSecond(events, before), cells }
}

/** The same records as they came from the stream: what the aggregator did with them. */
export async function foldDirectly({ shards, events }: Traffic, batchRecords: number): Promise<Round> {
  const cells = createMemoryCells()
  const before = process.cpuUsage()
  for (const [shardId, records] of shards) {
    const aggregate = createAggregate(cells, onlyAtTheEnd, new FoldState(), shardId)
    for (let from = 0; from < records.length; from += batchRecords)
      await aggregate.handle(records.slice(from, from + batchRecords))
    await aggregate.end()
  }
  return { events, perSecondAndCore: perSecond(events, before), cells }
}

/** @returns seconds from the first thread's start to the last one's end */
export async function replayInThreads(folder: string, task: ReplayTask, threads: number): Promise<number> {
  const families = toFamilies(await (await openBenchStores(folder, task, createMemoryCells())).source.shards())
  const startedAt = performance.now()
  const start = () => new Worker(new URL('./worker.ts', import.meta.url), { workerData: { folder, task } })
  await foldInWorkers(start, families, threads, silent)
  return (performance.now() - startedAt) / 1000
}

/**
 * The same by processes that share nothing: what more than one of them gains is what the machine allows threads.
 *
 * @returns seconds from the first process's start to the last one's end
 */
export async function replayInProcesses(folder: string, task: ReplayTask, processes: number): Promise<number> {
  const { length } = toFamilies(await (await openBenchStores(folder, task, createMemoryCells())).source.shards())
  const script = fileURLToPath(new URL('./process.ts', import.meta.url))
  const startedAt = performance.now()
  await Promise.all(
    Array.from({ length: processes }, (_, process) => {
      const families = Array.from({ length }, (_, family) => family).filter((family) => family % processes === process)
      return runFile(execPath, [...execArgv, script, JSON.stringify({ folder, task, families } satisfies ProcessData)])
    }),
  )
  return (performance.now() - startedAt) / 1000
}

function perSecond(events: number, before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before)
  return events / ((user + system) / 1e6)
}

/** Whether both hold the same cells, to the byte, but for minutes, which a replay of old days does not write. */
export function sameCells(live: MemoryCells, replayed: MemoryCells): boolean {
  const textOf = ({ items }: MemoryCells) =>
    [...items]
      .filter(([name]) => !name.includes('#minute '))
      .map(([name, { data }]) => `${name.replace('#live#', '#').replace('#bench#', '#')} ${data.toString('base64')}`)
      .sort()
      .join('\n')
  return textOf(live) === textOf(replayed)
}

/** Runs a replay, or goes on with one, and notes in the generation's record how it stands. */
import { randomBytes } from 'node:crypto'
import { liveGeneration } from '../../consumers/aggregator/shapes/cell-key.ts'
import { dailySegments, type SegmentOf } from '../../consumers/aggregator/shapes/segments.ts'
import { readAccepted } from '../../consumers/replay/accepted.ts'
import { dropProgress } from '../../consumers/replay/drop-generation.ts'
import type { FoldListener } from '../../consumers/replay/fold-family.ts'
import { createGenerationLog, type GenerationRecord } from '../../consumers/replay/generation-log.ts'
import { openSource } from '../../consumers/replay/open-source.ts'
import { readBuckets } from '../../consumers/replay/read-cells.ts'
import { replay } from '../../consumers/replay/replay.ts'
import { type ReplayReport, reportKey } from '../../consumers/replay/shapes/report.ts'
import { toFamilies } from '../../consumers/replay/shard-families.ts'
import { type ReplayTask, stretchOf } from '../../consumers/replay/task.ts'
import { foldInWorkers, startWorker } from '../../consumers/replay/workers.ts'
import type { ConsumerEnvironment } from '../../consumers/runtime/process.ts'
import { createProgress } from '../progress.ts'
import { listSites } from '../reconcile/day-cells.ts'
import { type RunOptions, UsageError } from './options.ts'
import { planOf } from './plan.ts'

export type Replayed = { report: ReplayReport; events: number; seconds: number }

export type Account = {
  plan: Pick<ReplayTask, 'segments' | 'timeline'>
  /** Events of the segments asked for, and of these with the warm-up; undefined when nobody knows any more. */
  accepted: number | undefined
  toRead: number | undefined
}

/** What a replay would read. */
export async function look(environment: ConsumerEnvironment, options: RunOptions, now: number): Promise<Account> {
  if (options.sites !== 'all') await checkSites(environment, options.sites)
  const plan = planOf(options, segmentsKnown(), now)
  const isAskedFor = new Set(plan.segments)
  const accepted = await acceptedIn(
    environment,
    plan.timeline.filter(({ name }) => isAskedFor.has(name)),
    now,
  )
  return { plan, accepted, toRead: await acceptedIn(environment, plan.timeline, now) }
}

/** The record of a new generation, or that of one with the same task that was interrupted. */
export async function begin(
  environment: ConsumerEnvironment,
  { sites, source }: RunOptions,
  { segments }: Account['plan'],
  now: number,
): Promise<{ record: GenerationRecord; isNew: boolean }> {
  const log = createGenerationLog(environment.objects)
  const taskText = (task: Pick<GenerationRecord, 'sites' | 'segments' | 'source'>) =>
    JSON.stringify([task.sites, task.segments, task.source])
  const wanted = taskText({ sites, segments, source })
  const interrupted = (await log.list()).findLast((each) => each.state === 'running' && taskText(each) === wanted)
  if (interrupted) return { record: interrupted, isNew: false }
  const record: GenerationRecord = { id: newId(now), state: 'running', sites, segments, source, startedAt: now }
  await log.put(record)
  return { record, isNew: true }
}

/** The record of a generation to go on with. */
export async function find(environment: ConsumerEnvironment, id: string): Promise<GenerationRecord> {
  const record = await createGenerationLog(environment.objects).find(id)
  if (!record) throw new UsageError(`there is no generation ${id} (npm run replay -- list)`)
  return record
}

/** The events of a generation's segments with their warm-up. */
export function planAgain({ segments }: GenerationRecord, now: number): Account['plan'] {
  const days = segments.map((segment) => Date.parse(`${segment.slice(0, 10)}T00:00:00Z`))
  return planOf({ from: Math.min(...days), to: Math.max(...days) }, segmentsKnown(), now)
}

export async function run(
  environment: ConsumerEnvironment,
  record: GenerationRecord,
  plan: Account['plan'],
  workers: number,
): Promise<Replayed> {
  const log = createGenerationLog(environment.objects)
  const startedAt = performance.now()
  try {
    const task: ReplayTask = {
      generation: record.id,
      segments: record.segments,
      sites: record.sites,
      timeline: plan.timeline,
      startedAt: record.startedAt,
    }
    let events = 0
    const report = await replay(task, {
      async fold() {
        const folded = await foldWithProgress(environment, task, record, workers)
        events = folded.counts.events
        return folded
      },
      accepted: () =>
        acceptedIn(
          environment,
          plan.timeline.filter(({ name }) => record.segments.includes(name)),
          Date.now(),
        ),
      sites: () => listSites(environment),
      publishedGeneration: () => liveGeneration,
      buckets: (series, sideOf) => readBuckets(environment.clients.dynamo, environment.table('cells'), series, sideOf),
      now: Date.now,
    })
    const body = Buffer.from(JSON.stringify(report))
    await environment.objects.put(reportKey(record.id), body, { contentType: 'application/json' })
    await log.put({
      ...record,
      state: 'ready',
      finishedAt: Date.now(),
      counts: { ...report.events, ...report.cells },
    })
    await dropProgress(environment, record.id)
    return { report, events, seconds: (performance.now() - startedAt) / 1000 }
  } catch (error) {
    await log.put({ ...record, state: 'failed', finishedAt: Date.now(), error: (error as Error).message })
    throw error
  }
}

async function foldWithProgress(
  environment: ConsumerEnvironment,
  task: ReplayTask,
  { source }: GenerationRecord,
  workers: number,
) {
  const opened = await openSource(environment, source, stretchOf(task.timeline))
  const families = toFamilies(await opened.shards())
  const total = (await acceptedIn(environment, task.timeline, Date.now())) ?? 0
  const bar = createProgress('replay', total)
  const startedAt = performance.now()
  const done = { events: 0, records: 0 }
  const listener: FoldListener = {
    onEvents(events, records) {
      done.events += events
      done.records += records
      const perSecond = Math.round((done.events / (performance.now() - startedAt)) * 1000)
      bar.update(done.events, `${count(done.events)} events, ${count(perSecond)} a second`)
    },
    onPassedOver: (shardId, sequence, reason) =>
      console.error(`\n${shardId} ${sequence} is left out, the fold fails on it: ${reason}`),
  }
  try {
    return await foldInWorkers(() => startWorker({ task, source }), families, workers, listener)
  } finally {
    bar.stop()
  }
}

function segmentsKnown(): SegmentOf {
  return dailySegments()
}

function acceptedIn({ clients, table }: ConsumerEnvironment, segments: ReplayTask['timeline'], now: number) {
  return readAccepted(clients.dynamo, table('ledger'), segments, now)
}

async function checkSites(environment: ConsumerEnvironment, sites: readonly string[]): Promise<void> {
  const known = await listSites(environment)
  for (const site of sites)
    if (!known.includes(site)) throw new UsageError(`there is no site ${site}: ${known.sort().join(', ')}`)
}

/** Sorts by time, and is no part of another. */
function newId(now: number): string {
  const time = new Date(now).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')
  return `${time}-${randomBytes(2).toString('hex')}`
}

function count(value: number): string {
  return value.toLocaleString('en-US')
}

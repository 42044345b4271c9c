/** Runs a replay, or goes on with one, and notes in the generation's record how it stands. */

import { createCutStore } from '../../consumers/aggregator/cuts.ts'
import { createRuleStore } from '../../consumers/aggregator/rules/rule-store.ts'
import type { Rules } from '../../consumers/aggregator/rules/rules.ts'
import { utcDay } from '../../consumers/aggregator/shapes/cell-key.ts'
import { type Cut, type SegmentOf, segmentsOf } from '../../consumers/aggregator/shapes/segments.ts'
import { readAccepted } from '../../consumers/replay/accepted.ts'
import { dropProgress } from '../../consumers/replay/drop-progress.ts'
import type { FoldListener, FoldResult } from '../../consumers/replay/fold-family.ts'
import { openSource } from '../../consumers/replay/open-source.ts'
import { readBuckets } from '../../consumers/replay/read-cells.ts'
import { replay } from '../../consumers/replay/replay.ts'
import {
  type ChangeResult,
  createGenerationStore,
  type GenerationStore,
} from '../../consumers/replay/shapes/generation-store.ts'
import { type GenerationRecord, newGenerationId } from '../../consumers/replay/shapes/generations.ts'
import { type ReplayReport, reportKey } from '../../consumers/replay/shapes/report.ts'
import { toFamilies } from '../../consumers/replay/shard-families.ts'
import { type ReplayTask, stretchOf } from '../../consumers/replay/task.ts'
import { rulesOfTask } from '../../consumers/replay/task-rules.ts'
import { foldInWorkers, startWorker } from '../../consumers/replay/workers.ts'
import type { ConsumerEnvironment } from '../../consumers/runtime/process.ts'
import { createProgress } from '../progress.ts'
import { listSites } from '../reconcile/day-cells.ts'
import { cutHere } from './cut.ts'
import { type RunOptions, UsageError } from './options.ts'
import { needsCut, planOf } from './plan.ts'

/** How often a generation's record says how far it has come. */
const noteIntervalMs = 2000

export type Replayed = { report: ReplayReport; events: number; seconds: number }

export type Account = {
  plan: Pick<ReplayTask, 'segments' | 'timeline'>
  /** Whether the last segment goes on, and ends with a cut when it is replayed. */
  willCut: boolean
  /** Events of the segments asked for, and of these with the warm-up; undefined when nobody knows any more. */
  accepted: number | undefined
  toRead: number | undefined
}

/** What a replay would read. */
export async function look(environment: ConsumerEnvironment, options: RunOptions, now: number): Promise<Account> {
  if (options.sites !== 'all') await checkSites(environment, options.sites)
  const willCut = needsCut(options, now)
  const plan = planOf(options, await segmentsKnown(environment), now)
  const isAskedFor = new Set(plan.segments)
  const accepted = await acceptedIn(
    environment,
    plan.timeline.filter(({ name }) => isAskedFor.has(name)),
    now,
  )
  return { plan, willCut, accepted, toRead: await acceptedIn(environment, plan.timeline, now) }
}

/** The record of a new generation, or that of one with the same task that was interrupted. */
export async function begin(
  environment: ConsumerEnvironment,
  options: RunOptions,
  rules: Rules | undefined,
  now: number,
): Promise<{ record: GenerationRecord; isNew: boolean }> {
  const log = generationsOf(environment)
  const { sites, source } = options
  const [from, to] = [utcDay(options.from), utcDay(options.to)]
  type Task = Pick<GenerationRecord, 'sites' | 'from' | 'to' | 'source' | 'rules'>
  const taskText = (task: Task) => JSON.stringify([task.sites, task.from, task.to, task.source, task.rules])
  const version = rules && { rules: rules.version }
  const wanted = taskText({ sites, from, to, source, ...version })
  const interrupted = (await log.list()).find((each) => isUnfinished(each) && taskText(each) === wanted)
  if (interrupted) return { record: interrupted, isNew: false }
  if (rules) await createRuleStore(environment.objects).put(rules)
  const id = newGenerationId(now, Math.random())
  const record: GenerationRecord = {
    id,
    revision: 1,
    // Not `requested`: nobody else is to take it up.
    state: 'running',
    sites,
    from,
    to,
    segments: [],
    source,
    ...version,
    requestedAt: now,
    startedAt: now,
  }
  if (!(await log.create(record))) throw new Error(`there is a generation ${id}: try again`)
  return { record, isNew: true }
}

function isUnfinished({ state }: GenerationRecord): boolean {
  return state === 'requested' || state === 'running'
}

/** The record of a generation to go on with. */
export async function find(environment: ConsumerEnvironment, id: string): Promise<GenerationRecord> {
  const record = await generationsOf(environment).find(id)
  if (!record) throw new UsageError(noGeneration(id))
  return record
}

/** The segments of a generation with their warm-up: those that it was begun with, else as they are now. */
export async function planFor(
  environment: ConsumerEnvironment,
  { from, to, segments }: GenerationRecord,
): Promise<Account['plan']> {
  const days = { from: Date.parse(`${from}T00:00:00Z`), to: Date.parse(`${to}T00:00:00Z`) }
  if (segments.length > 0) {
    const { timeline } = planOf(days, await segmentsKnown(environment), Number.POSITIVE_INFINITY)
    const last = timeline.findIndex(({ name }) => name === segments.at(-1))
    return { segments, timeline: timeline.slice(0, last + 1) }
  }
  const end = needsCut(days, Date.now()) ? await cutHere(environment, console.log) : Number.POSITIVE_INFINITY
  return planOf(days, await segmentsKnown(environment), end)
}

export async function run(
  environment: ConsumerEnvironment,
  record: GenerationRecord,
  plan: Account['plan'],
  workers: number,
): Promise<Replayed> {
  const { id, sites, requestedAt } = record
  const { segments } = plan
  const log = generationsOf(environment)
  const taken = await log.change(id, record.state === 'requested' ? 'claim' : 'resume', {
    startedAt: Date.now(),
    segments,
  })
  if (taken.outcome !== 'changed') throw new Error(`${id} cannot be replayed: ${stateOf(taken)}`)
  const startedAt = performance.now()
  try {
    const { timeline } = plan
    const rules = await rulesOfTask(
      record.rules,
      timeline,
      await cutsOf(environment),
      createRuleStore(environment.objects),
    )
    const task: ReplayTask = { generation: id, segments, sites, timeline, rules, startedAt: requestedAt }
    const isAskedFor = new Set(segments)
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
          timeline.filter(({ name }) => isAskedFor.has(name)),
          Date.now(),
        ),
      sites: () => listSites(environment),
      publications: () => log.publications(),
      buckets: (series, sideOf) => readBuckets(environment.clients.dynamo, environment.table('cells'), series, sideOf),
      now: Date.now,
    })
    const key = reportKey(id)
    await environment.objects.put(key, Buffer.from(JSON.stringify(report)), { contentType: 'application/json' })
    const counts = { ...report.events, ...report.cells }
    await log.change(id, 'finish', { finishedAt: Date.now(), counts, report: key })
    await dropProgress(environment, id)
    return { report, events, seconds: (performance.now() - startedAt) / 1000 }
  } catch (error) {
    await log.change(id, 'fail', { finishedAt: Date.now(), error: (error as Error).message })
    throw error
  }
}

export function noGeneration(id: string): string {
  return `there is no generation ${id} (npm run replay -- list)`
}

function stateOf(result: Exclude<ChangeResult, { outcome: 'changed' }>): string {
  return result.outcome === 'unknown' ? 'there is no such generation' : `it is ${result.state}`
}

async function foldWithProgress(
  environment: ConsumerEnvironment,
  task: ReplayTask,
  { id, source }: GenerationRecord,
  workers: number,
): Promise<FoldResult> {
  const opened = await openSource(environment, source, stretchOf(task.timeline))
  console.log(opened.why)
  const families = toFamilies(await opened.source.shards())
  const expectedEvents = await acceptedIn(environment, task.timeline, Date.now())
  const bar = createProgress('replay', expectedEvents ?? 0)
  const log = generationsOf(environment)
  let noted = Promise.resolve()
  let notedAt = Date.now()
  const startedAt = performance.now()
  let done = 0
  const listener: FoldListener = {
    onEvents(events) {
      done += events
      const perSecond = Math.round((done / (performance.now() - startedAt)) * 1000)
      bar.update(done, `${count(done)} events, ${count(perSecond)} a second`)
      const at = Date.now()
      if (at - notedAt < noteIntervalMs) return
      notedAt = at
      const progress = { events: done, expectedEvents: expectedEvents ?? null, at }
      // For whoever looks; the replay does not depend on it.
      noted = noted.then(() => log.change(id, 'progress', { progress })).then(nothing, nothing)
    },
    onPassedOver: (shardId, sequence, reason) =>
      console.error(`\n${shardId} ${sequence} is left out, the fold fails on it: ${reason}`),
  }
  try {
    return await foldInWorkers(() => startWorker({ task, source: opened.kind }), families, workers, listener)
  } finally {
    bar.stop()
    await noted
  }
}

async function segmentsKnown({ clients, table }: ConsumerEnvironment): Promise<SegmentOf> {
  return segmentsOf(await cutsOf({ clients, table }))
}

export function generationsOf({ clients, table }: ConsumerEnvironment): GenerationStore {
  return createGenerationStore(clients.dynamo, table('control'))
}

async function cutsOf({ clients, table }: Pick<ConsumerEnvironment, 'clients' | 'table'>): Promise<readonly Cut[]> {
  return (await createCutStore(clients.dynamo, table('control')).load()).cuts
}

function acceptedIn({ clients, table }: ConsumerEnvironment, segments: ReplayTask['timeline'], now: number) {
  return readAccepted(clients.dynamo, table('ledger'), segments, now)
}

async function checkSites(environment: ConsumerEnvironment, sites: readonly string[]): Promise<void> {
  const known = await listSites(environment)
  for (const site of sites)
    if (!known.includes(site)) throw new UsageError(`there is no site ${site}: ${known.sort().join(', ')}`)
}

function nothing(): void {}

function count(value: number): string {
  return value.toLocaleString('en-US')
}

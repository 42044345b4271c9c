/** Runs a replay, or goes on with one, and notes in the generation's record how it stands. */
import { createRuleStore } from '../../consumers/aggregator/rules/rule-store.ts'
import { dropProgress } from '../../consumers/replay/drop-progress.ts'
import type { FoldListener, FoldResult } from '../../consumers/replay/fold-family.ts'
import { GenerationRun } from '../../consumers/replay/generation-run.ts'
import { openSource } from '../../consumers/replay/open-source.ts'
import { readBuckets } from '../../consumers/replay/read-cells.ts'
import { replay } from '../../consumers/replay/replay.ts'
import type { GenerationRecord } from '../../consumers/replay/shapes/generations.ts'
import { type ReplayReport, reportKey } from '../../consumers/replay/shapes/report.ts'
import { toFamilies } from '../../consumers/replay/shard-families.ts'
import { type ReplayTask, stretchOf } from '../../consumers/replay/task.ts'
import { rulesOfTask } from '../../consumers/replay/task-rules.ts'
import { foldInWorkers, startWorker } from '../../consumers/replay/workers.ts'
import type { ConsumerEnvironment } from '../../consumers/runtime/process.ts'
import { createProgress } from '../progress.ts'
import { listSites } from '../reconcile/day-cells.ts'
import { cutHere } from './cut.ts'
import { acceptedIn, askedFor, cutsOf, generationsOf, segmentsKnown } from './known.ts'
import { needsCut, type Plan, planOf } from './plan.ts'

export type Replayed = { report: ReplayReport; events: number; seconds: number }

/** The segments of a generation with their warm-up: those that it was begun with, else as they are now. */
async function planFor(environment: ConsumerEnvironment, { record, signal }: GenerationRun): Promise<Plan> {
  const { from, to, segments } = record
  const days = { from: Date.parse(`${from}T00:00:00Z`), to: Date.parse(`${to}T00:00:00Z`) }
  if (segments.length > 0) {
    const { timeline } = planOf(days, await segmentsKnown(environment), Number.POSITIVE_INFINITY)
    const last = timeline.findIndex(({ name }) => name === segments.at(-1))
    return { segments, timeline: timeline.slice(0, last + 1) }
  }
  const end = needsCut(days, Date.now()) ? await cutHere(environment, console.log, signal) : Number.POSITIVE_INFINITY
  return planOf(days, await segmentsKnown(environment), end)
}

/** @throws ReplayError; what went wrong stands in the generation's record then, unless another run goes on with it */
export async function run(
  environment: ConsumerEnvironment,
  record: GenerationRecord,
  workers: number,
): Promise<Replayed> {
  const taken = await GenerationRun.take(generationsOf(environment), record, Date.now())
  try {
    return await runTaken(environment, taken, workers)
  } catch (error) {
    await taken.fail(error as Error, Date.now())
    throw taken.signal.aborted ? taken.signal.reason : error
  }
}

async function runTaken(environment: ConsumerEnvironment, taken: GenerationRun, workers: number): Promise<Replayed> {
  const startedAt = performance.now()
  const { id, sites, requestedAt, rules: version } = taken.record
  const ruleStore = createRuleStore(environment.objects)
  if (version !== undefined) await ruleStore.get(version)
  const plan = await planFor(environment, taken)
  const { segments, timeline } = plan
  await taken.note({ segments })
  const rules = await rulesOfTask(version, timeline, await cutsOf(environment), ruleStore)
  const task: ReplayTask = { generation: id, segments, sites, timeline, rules, startedAt: requestedAt }
  let events = 0
  const report = await replay(task, {
    async fold() {
      const folded = await foldWithProgress(environment, task, taken, workers)
      events = folded.counts.events
      return folded
    },
    accepted: () => acceptedIn(environment, askedFor(plan), Date.now()),
    sites: () => listSites(environment),
    publications: () => generationsOf(environment).publications(),
    buckets: (series, sideOf) => readBuckets(environment.clients.dynamo, environment.table('cells'), series, sideOf),
    now: Date.now,
  })
  const key = reportKey(id)
  await environment.objects.put(key, Buffer.from(JSON.stringify(report)), { contentType: 'application/json' })
  await taken.finish({ finishedAt: Date.now(), counts: { ...report.events, ...report.cells }, report: key })
  await dropProgress(environment, id)
  return { report, events, seconds: (performance.now() - startedAt) / 1000 }
}

async function foldWithProgress(
  environment: ConsumerEnvironment,
  task: ReplayTask,
  taken: GenerationRun,
  workers: number,
): Promise<FoldResult> {
  const opened = await openSource(environment, taken.record.source, stretchOf(task.timeline))
  console.log(opened.why)
  const families = toFamilies(await opened.source.shards())
  const expectedEvents = await acceptedIn(environment, task.timeline, Date.now())
  const bar = createProgress('replay', expectedEvents ?? 0)
  const startedAt = performance.now()
  let done = 0
  const listener: FoldListener = {
    onEvents(events) {
      done += events
      const perSecond = Math.round((done / (performance.now() - startedAt)) * 1000)
      bar.update(done, `${count(done)} events, ${count(perSecond)} a second`)
      taken.advance(done, expectedEvents)
    },
    onPassedOver: (shardId, sequence, reason) =>
      console.error(`\n${shardId} ${sequence} is left out, the fold fails on it: ${reason}`),
  }
  try {
    const start = () => startWorker({ task, source: opened.kind })
    return await foldInWorkers(start, families, workers, listener, taken.signal)
  } finally {
    bar.stop()
  }
}

function count(value: number): string {
  return value.toLocaleString('en-US')
}

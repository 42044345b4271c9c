/** Runs a replay, or goes on with one, and notes in the generation's record how it stands. */
import { createRuleStore } from '../aggregator/rules/rule-store.ts'
import type { ConsumerEnvironment } from '../runtime/process.ts'
import { cutHere } from './cut.ts'
import { dropProgress } from './drop-progress.ts'
import type { FoldListener, FoldResult } from './fold-family.ts'
import { GenerationRun } from './generation-run.ts'
import { acceptedIn, closedSites, cutsOf, generationsOf, listSites, segmentsKnown } from './known.ts'
import { openSource } from './open-source.ts'
import { askedFor, needsCut, type Plan, planOf } from './plan.ts'
import { readBuckets } from './read-cells.ts'
import { replay } from './replay.ts'
import type { GenerationRecord } from './shapes/generations.ts'
import { type ReplayReport, reportKey } from './shapes/report.ts'
import { toFamilies } from './shard-families.ts'
import { type ReplayTask, stretchOf } from './task.ts'
import { rulesOfTask } from './task-rules.ts'
import { foldInWorkers, startWorker } from './workers.ts'

export type Replayed = { report: ReplayReport; events: number; seconds: number }

/** Whoever watches: a terminal, or a log. */
export type RunListener = Pick<FoldListener, 'onPassedOver'> & {
  /** What it does now, in a sentence. */
  onStep(text: string): void
  /**
   * Folding has begun, or goes on.
   *
   * @param done events so far, those of the warm-up too
   * @param expected as many as the ledger knows; undefined when it does not go back so far
   */
  onEvents(done: number, expected: number | undefined): void
  /** Folding has ended, well or not. */
  onFolded(): void
}

/**
 * @param record as it was seen
 * @throws ReplayError `not_taken` when it is another's, or not to be run
 */
export function takeReplay(environment: ConsumerEnvironment, record: GenerationRecord): Promise<GenerationRun> {
  return GenerationRun.take(generationsOf(environment), record, Date.now())
}

/**
 * @param workers threads at most
 * @throws ReplayError; what went wrong stands in the generation's record then, unless another run goes on with it
 */
export async function runReplay(
  environment: ConsumerEnvironment,
  taken: GenerationRun,
  workers: number,
  listener: RunListener,
): Promise<Replayed> {
  try {
    return await runToReport(environment, taken, workers, listener)
  } catch (error) {
    // Where the store cannot be told, its record goes stale, and another run takes it; what went wrong first is what helps.
    await taken.fail(error as Error, Date.now()).catch(() => {})
    throw taken.signal.aborted ? taken.signal.reason : error
  }
}

async function runToReport(
  environment: ConsumerEnvironment,
  taken: GenerationRun,
  workers: number,
  listener: RunListener,
): Promise<Replayed> {
  const startedAt = performance.now()
  const { id, sites, requestedAt, rules: version } = taken.record
  const ruleStore = createRuleStore(environment.objects)
  if (version !== undefined) await ruleStore.get(version)
  const plan = await planFor(environment, taken, listener)
  const { segments, timeline } = plan
  await taken.note({ segments })
  const rules = await rulesOfTask(version, timeline, await cutsOf(environment), ruleStore)
  const task: ReplayTask = {
    ...{ generation: id, segments, sites, timeline, rules, startedAt: requestedAt },
    closedSites: await closedSites(environment),
  }
  let events = 0
  const report = await replay(task, {
    async fold() {
      const folded = await fold(environment, task, taken, workers, listener)
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

/** The segments of a generation with their warm-up: those that it was begun with, else as they are now. */
async function planFor(
  environment: ConsumerEnvironment,
  { record, signal }: GenerationRun,
  { onStep }: RunListener,
): Promise<Plan> {
  const { from, to, segments } = record
  const days = { from: Date.parse(`${from}T00:00:00Z`), to: Date.parse(`${to}T00:00:00Z`) }
  if (segments.length > 0) {
    const { timeline } = planOf(days, await segmentsKnown(environment), Number.POSITIVE_INFINITY)
    const last = timeline.findIndex(({ name }) => name === segments.at(-1))
    return { segments, timeline: timeline.slice(0, last + 1) }
  }
  const end = needsCut(days, Date.now()) ? await cutHere(environment, onStep, signal) : Number.POSITIVE_INFINITY
  return planOf(days, await segmentsKnown(environment), end)
}

async function fold(
  environment: ConsumerEnvironment,
  task: ReplayTask,
  taken: GenerationRun,
  workers: number,
  { onStep, onEvents, onFolded, onPassedOver }: RunListener,
): Promise<FoldResult> {
  const opened = await openSource(environment, taken.record.source, stretchOf(task.timeline))
  onStep(opened.why)
  const families = toFamilies(await opened.source.shards())
  const expected = await acceptedIn(environment, task.timeline, Date.now())
  const start = () => startWorker({ task, source: opened.kind })
  let done = 0
  const told: FoldListener = {
    onEvents(events) {
      done += events
      onEvents(done, expected)
      taken.advance(done, expected)
    },
    onPassedOver,
  }
  onEvents(done, expected)
  try {
    return await foldInWorkers(start, families, workers, told, taken.signal)
  } finally {
    onFolded()
  }
}

/**
 * The door to facts (docs/decisions/0028-facts.md): which files hold what counts in a period of a site. What is not there
 * is made from the archive by a process of its own, and whoever asks meanwhile is told how far that is.
 */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { S3Client } from '@aws-sdk/client-s3'
import { createCutStore } from '../../aggregator/cuts.ts'
import { createRuleStore } from '../../aggregator/rules/rule-store.ts'
import { granularityMs, utcDay } from '../../aggregator/shapes/cell-key.ts'
import type { Cut } from '../../aggregator/shapes/segments.ts'
import { createManifest } from '../../archiver/manifest.ts'
import { closedSites } from '../../replay/known.ts'
import { createGenerationStore } from '../../replay/shapes/generation-store.ts'
import { rulesOfVersions } from '../../replay/task-rules.ts'
import { createObjects } from '../../runtime/objects.ts'
import { createArrivals } from '../arrivals.ts'
import { type FactFile, FactFiles } from '../fact-files.ts'
import { type DayPlan, type FactVersion, fileName, planDay, rowsOf, versionOf } from '../fact-versions.ts'
import type { Run } from '../make-task.ts'
import { Maker, type Making } from '../maker.ts'

export type FactsAnswer =
  | { kind: 'ready'; facts: Facts }
  /** Ask again: whoever does not for 15 seconds is taken to have gone. */
  | ({ kind: 'making' } & Making)

export type Facts = {
  /** Folders of days (fact-columns.ts). */
  files: readonly string[]
  /** Up to when they go, epoch milliseconds; undefined: to the end of the period. */
  through: number | undefined
}

export type SiteFacts = {
  /**
   * @param period by when events happened, epoch milliseconds; `to` is not in it
   * @param generationOf which generation of an arrival segment counts
   * @throws Error when the facts cannot be made: the archive is damaged, or a store is away
   */
  find(
    site: string,
    period: { from: number; to: number },
    generationOf: (segment: string) => string,
  ): Promise<FactsAnswer>
  close(): void
}

export type SiteFactsOptions = {
  dynamo: DynamoDBClient
  s3: S3Client
  tablePrefix: string
  bucket: string
  stream: string
  /** Where files are kept, for this process or for several. */
  folder: string
  maxBytes: number
  now: () => number
}

const dayMs = granularityMs.day
/** What the stores said is taken to hold for so long: an overview asks a dozen questions at once. */
const knownMs = 5000
/** Of the running day facts as old as this will do, and older ones while newer ones are made. */
const runningMs = 30_000
const mostBehindMs = 10 * 60_000
/** Days that are folded in one go: each go reads the day before its first once more. */
const mostRunDays = 31
const sweepMs = 10 * 60_000
const parallel = 8

type Wanted = { plan: DayPlan; version: FactVersion; rows: number }

export function createSiteFacts(options: SiteFactsOptions): SiteFacts {
  const { dynamo, s3, tablePrefix, bucket, stream, folder, maxBytes, now } = options
  const table = (name: string) => `${tablePrefix}${name}`
  const manifest = createManifest(dynamo, table('archive'))
  const cuts = createCutStore(dynamo, table('control'))
  const generations = createGenerationStore(dynamo, table('control'))
  const rules = createRuleStore(createObjects(s3, bucket))
  const arrivals = createArrivals(dynamo, { cells: table('cells'), revisions: table('revisions') }, now)
  const files = new FactFiles(folder, maxBytes)
  const maker = new Maker({
    ...process.env,
    RETRACE_TABLE_PREFIX: tablePrefix,
    RETRACE_BUCKET: bucket,
    RETRACE_STREAM: stream,
  })
  const failures = new Map<string, Error>()
  const remember = remembering()
  const sweep = async () => {
    await files.deleteSites(await closedSites({ clients: { dynamo }, table }))
    await files.sweep(now())
  }
  // It comes again, and what is left meanwhile is no wrong answer.
  const sweeper = setInterval(() => void sweep().catch(() => {}), sweepMs)
  sweeper.unref()
  void sweep().catch(() => {})

  const partsOf = (day: number) => remember(`day ${day}`, () => manifest.listDay(utcDay(day)))
  const rulesOfGeneration = (id: string) =>
    remember(`generation ${id}`, async () => (await generations.find(id))?.rules)

  async function want(day: number, known: readonly Cut[], generationOf: (segment: string) => string): Promise<Wanted> {
    const chosen = new Map<string, string | undefined>()
    const parts = [...(await partsOf(day - dayMs)), ...(await partsOf(day))]
    // Twice the same: first to learn which generations there are, whose rules are then read.
    const named = new Set<string>()
    planDay(day, known, (segment) => {
      named.add(generationOf(segment))
      return { generation: generationOf(segment), rules: undefined }
    })
    for (const id of named) chosen.set(id, id === 'live' ? undefined : await rulesOfGeneration(id))
    const plan = planDay(day, known, (segment) => {
      const generation = generationOf(segment)
      return { generation, rules: chosen.get(generation) }
    })
    return {
      plan,
      version: versionOf(plan, parts),
      rows: rowsOf((await partsOf(day)).flatMap(({ objects }) => objects)),
    }
  }

  function isRunning(day: number): boolean {
    return day + dayMs > now()
  }

  async function begin(site: string, missing: readonly Wanted[]): Promise<void> {
    const runs: Run[] = []
    let expected = 0
    for (const group of groupRuns(missing)) {
      const timeline = group.flatMap(({ plan }, i) =>
        i === 0 ? plan.timeline : plan.timeline.filter(({ start }) => start >= plan.day),
      )
      const versions = Object.assign({}, ...group.map(({ plan }) => plan.rules)) as Record<string, string>
      // The first day's warm-up goes by its own rules, which those of no other day of the run may replace.
      Object.assign(versions, group[0]?.plan.rules)
      const days: Run['days'][number][] = []
      for (const { plan, version } of group)
        days.push({ day: plan.day, path: await files.pathOf(site, fileName(plan.day, version)) })
      runs.push({ timeline, rules: await rulesOfVersions(versions, rules), days })
      expected += group.reduce((sum, { rows }) => sum + rows, 0)
      expected += (await partsOf((group[0]?.plan.day ?? 0) - dayMs)).reduce(
        (sum, part) => sum + rowsOf(part.objects),
        0,
      )
    }
    const made = maker.make({ site, folder, runs }, expected)
    made.catch((error: Error) => failures.set(site, error))
  }

  return {
    async find(site, period, generationOf) {
      const failure = failures.get(site)
      failures.delete(site)
      if (failure && (failure as { code?: unknown }).code !== 'abandoned') throw failure
      const days = await remember(`arrivals ${site} ${period.from} ${period.to}`, () => arrivals(site, period))
      const known = await remember('cuts', async () => (await cuts.load()).cuts)
      const wanted: Wanted[] = []
      for (let at = 0; at < days.length; at += parallel)
        wanted.push(...(await Promise.all(days.slice(at, at + parallel).map((day) => want(day, known, generationOf)))))
      // Days of which the archive has nothing have no facts.
      const held = wanted.filter(({ rows }) => rows > 0)
      const kept = await files.list(site)
      await files.delete(kept.filter((file) => isErased(file, wanted)))
      const { found, missing, stale } = match(held, kept, isRunning, now())
      const making = maker.find(site)
      if (missing.length > 0) {
        if (!making) await begin(site, missing)
        return { kind: 'making', ...(maker.find(site) ?? { done: 0, expected: 1 }) }
      }
      if (stale.length > 0 && !making) await begin(site, stale)
      await files.touch(found, now())
      const running = found.find(({ day }) => isRunning(Date.parse(day)))
      return { kind: 'ready', facts: { files: found.map(({ path }) => path), through: running?.madeAt } }
    },
    close() {
      clearInterval(sweeper)
      maker.close()
    },
  }
}

/** Whether rows were erased from the archive since a file was made. */
function isErased(file: FactFile, wanted: readonly Wanted[]): boolean {
  const current = wanted.find(({ plan }) => utcDay(plan.day) === file.day)
  return current !== undefined && current.version.erased !== file.version.erased
}

/** Which files there are, which days have none, and of which days newer ones are to be made. */
function match(
  wanted: readonly Wanted[],
  kept: readonly FactFile[],
  isRunning: (day: number) => boolean,
  now: number,
): { found: FactFile[]; missing: Wanted[]; stale: Wanted[] } {
  const result = { found: [] as FactFile[], missing: [] as Wanted[], stale: [] as Wanted[] }
  for (const want of wanted) {
    const { plan, version } = want
    const ofDay = kept
      .filter(({ day, version: { rules, erased } }) => {
        return day === utcDay(plan.day) && rules === version.rules && erased === version.erased
      })
      .sort((a, b) => b.madeAt - a.madeAt)
    const exact = ofDay.find((file) => file.version.rows === version.rows)
    const latest = ofDay[0]
    const file = exact ?? (isRunning(plan.day) && latest && now - latest.madeAt < mostBehindMs ? latest : undefined)
    if (!file) result.missing.push(want)
    else {
      result.found.push(file)
      if (!exact && now - file.madeAt > runningMs) result.stale.push(want)
    }
  }
  return result
}

/** Days that follow each other, of which each has the rules of the one before for its warm-up. */
function groupRuns(missing: readonly Wanted[]): Wanted[][] {
  const groups: Wanted[][] = []
  for (const want of missing) {
    const group = groups.at(-1)
    const before = group?.at(-1)
    if (group && before && group.length < mostRunDays && follows(want.plan, before.plan)) group.push(want)
    else groups.push([want])
  }
  return groups
}

function follows(plan: DayPlan, before: DayPlan): boolean {
  if (plan.day !== before.day + dayMs) return false
  const warmUp = plan.timeline.filter(({ start }) => start < plan.day)
  return warmUp.every(({ name }) => plan.rules[name] === before.rules[name])
}

/** Answers that hold for a while, and questions that are asked once for all who ask them at a time. */
function remembering(): <T>(name: string, ask: () => Promise<T>) => Promise<T> {
  const known = new Map<string, { at: number; answer: Promise<unknown> }>()
  return <T>(name: string, ask: () => Promise<T>) => {
    const time = performance.now()
    for (const [each, { at }] of known) if (time - at > knownMs) known.delete(each)
    const found = known.get(name)
    if (found) return found.answer as Promise<T>
    const answer = ask()
    known.set(name, { at: time, answer })
    answer.catch(() => known.delete(name))
    return answer
  }
}

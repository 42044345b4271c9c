/** What a replay would read, and the record that it begins with. */
import { createRuleStore } from '../../consumers/aggregator/rules/rule-store.ts'
import type { Rules } from '../../consumers/aggregator/rules/rules.ts'
import { utcDay } from '../../consumers/aggregator/shapes/cell-key.ts'
import { acceptedIn, generationsOf, listSites, segmentsKnown } from '../../consumers/replay/known.ts'
import { askedFor, needsCut, type Plan, planOf } from '../../consumers/replay/plan.ts'
import { type GenerationRecord, newGenerationId } from '../../consumers/replay/shapes/generations.ts'
import type { ConsumerEnvironment } from '../../consumers/runtime/process.ts'
import { type RunOptions, UsageError } from './options.ts'

export type Account = {
  plan: Plan
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
  const accepted = await acceptedIn(environment, askedFor(plan), now)
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

async function checkSites(environment: ConsumerEnvironment, sites: readonly string[]): Promise<void> {
  const known = await listSites(environment)
  for (const site of sites)
    if (!known.includes(site)) throw new UsageError(`there is no site ${site}: ${known.sort().join(', ')}`)
}

export function noGeneration(id: string): string {
  return `there is no generation ${id} (npm run replay -- list)`
}

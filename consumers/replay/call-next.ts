/**
 * Decides whether a task has to be started for the replays that wait. Where tasks cost something while they run and take
 * a minute to come, one is called for, and noted in the record that it is to begin with: no second one is called
 * meanwhile, and whatever no task survives is given up.
 */
import type { GenerationStore } from './shapes/generation-store.ts'
import type { GenerationRecord } from './shapes/generations.ts'
import { isAtWork, isWaiting, nextOf } from './waiting.ts'

/** Longer than a task takes to come: a network interface, an image of some hundred megabytes, Node. */
const comesWithinMs = 5 * 60_000
/** What ends every task is no bad luck any more: memory that does not suffice, say. */
const mostCalls = 5

/** @returns the generation that a task is to be started for */
export async function callNext(store: GenerationStore, now: number): Promise<{ generation: string } | undefined> {
  const records = await store.list()
  // One task at a time, for it runs one replay after the other.
  if (records.some((record) => isAtWork(record, now) || isOnItsWay(record, now))) return undefined
  const next = nextOf(records, now)
  if (!next) return undefined
  const count = (next.calls?.count ?? 0) + 1
  if (count > mostCalls) {
    const error = `${mostCalls} tasks were started for it, and none came to its end: their log says more`
    await store.change(next.id, 'fail', { finishedAt: now, error }, next)
    return undefined
  }
  const transition = next.state === 'requested' ? 'call' : 'progress'
  const { outcome } = await store.change(next.id, transition, { calls: { count, at: now } }, next)
  return outcome === 'changed' ? { generation: next.id } : undefined
}

/** Whether a task was called for it that may still come. */
function isOnItsWay(record: GenerationRecord, now: number): boolean {
  return isWaiting(record, now) && record.calls !== undefined && now - record.calls.at < comesWithinMs
}

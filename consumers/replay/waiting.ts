/** Which replays wait for somebody to run them. Pure. */
import type { GenerationRecord } from './shapes/generations.ts'

/**
 * A run that has said nothing for so long is gone, for it says that it is alive every two seconds (generation-run.ts).
 * To take it from one that was only stopped for a while is no harm: that one notices, and ends.
 */
const goneMs = 60_000

/** Whether some process runs it. */
export function isAtWork({ state, requestedAt, startedAt, progress }: GenerationRecord, now: number): boolean {
  return state === 'running' && now - Math.max(requestedAt, startedAt ?? 0, progress?.at ?? 0) <= goneMs
}

/** Whether it was asked for, or left by a process that died. */
export function isWaiting(record: GenerationRecord, now: number): boolean {
  return record.state === 'requested' || (record.state === 'running' && !isAtWork(record, now))
}

/** The one that waits longest. */
export function nextOf(records: readonly GenerationRecord[], now: number): GenerationRecord | undefined {
  return records.filter((record) => isWaiting(record, now)).sort((a, b) => a.requestedAt - b.requestedAt)[0]
}

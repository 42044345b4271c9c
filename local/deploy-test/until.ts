/** Waits for what others bring about. */
import { setTimeout as pause } from 'node:timers/promises'

export type UntilOptions = {
  timeoutMs: number
  signal: AbortSignal
  /** Whether it can no longer come. */
  giveUp?: () => boolean
}

const everyMs = 100

/**
 * Looks again and again until something holds.
 *
 * @param what in words, as a statement: "the dashboard shows 13 events"
 * @param check answers false, or throws with the reason, while it does not hold
 * @throws when it does not hold in time, with the reason for which the last look failed
 */
export async function until(
  what: string,
  check: () => Promise<boolean>,
  { timeoutMs, signal, giveUp }: UntilOptions,
): Promise<void> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    let reason = ''
    try {
      if (await check()) return
    } catch (error) {
      reason = `: ${(error as Error).message}`
    }
    signal.throwIfAborted()
    if (giveUp?.()) throw new Error(`It can no longer be that ${what}${reason}`)
    if (performance.now() > deadline)
      throw new Error(`It does not hold within ${timeoutMs / 1000} s that ${what}${reason}`)
    await pause(everyMs, undefined, { signal })
  }
}

import { setTimeout as pause } from 'node:timers/promises'

export type EventuallyOptions = {
  /** How long it may take; below the runner's own limit, so that the reason given is ours. */
  timeoutMs?: number
  /** Time between two looks. */
  everyMs?: number
}

/**
 * Waits until something holds, looking again and again.
 *
 * @param check throws (a failed `expect`, say) or answers false, null or undefined while it does not hold yet
 * @returns what `check` answered when it held
 * @throws after `timeoutMs`, with the reason for which the last look failed
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  { timeoutMs = 10_000, everyMs = 20 }: EventuallyOptions = {},
): Promise<NonNullable<Exclude<T, false>>> {
  const deadline = performance.now() + timeoutMs
  let reason: unknown
  for (let looks = 1; ; looks++) {
    try {
      const answer = await check()
      if (answer !== false && answer !== null && answer !== undefined) return answer as NonNullable<Exclude<T, false>>
      reason = `it answered ${answer}`
    } catch (error) {
      reason = error
    }
    if (performance.now() >= deadline)
      throw new Error(
        `not within ${timeoutMs} ms (${looks} looks): ${reason instanceof Error ? reason.message : reason}`,
        { cause: reason },
      )
    await pause(everyMs)
  }
}

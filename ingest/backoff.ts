/**
 * Full jitter (Marc Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog): a random wait below a
 * bound that doubles, so that many senders do not come back in step.
 *
 * @param attempt 0 for the first retry
 */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const firstMs = 50
  const maxMs = 1000
  return random() * Math.min(maxMs, firstMs * 2 ** attempt)
}

/**
 * Whose fault an error is. A store that is down, throttles or refuses says nothing about the records at hand: they are
 * tried again for as long as it takes. What the consumer's own code throws before it wrote anything is the fault of a
 * record (docs/decisions/0007-poison-records.md).
 */

/** Not the records' fault: a store did not do what it was asked, another runner has gone on, or time has run out. */
export class StoreFault extends Error {
  readonly code: 'store_failed' | 'overtaken' | 'behind'
  readonly retriable = true

  constructor(code: StoreFault['code'], message: string, options?: { cause: unknown }) {
    super(message, options)
    this.code = code
  }
}

/**
 * Does what reads or writes a store: whatever it throws is a StoreFault. After the first write of a batch that holds for
 * our own code too, because a record of which a part is stored cannot be passed over any more.
 */
export async function inStore<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (isStoreFault(error)) throw error
    throw new StoreFault('store_failed', error instanceof Error ? error.message : String(error), { cause: error })
  }
}

export function isStoreFault(error: unknown): boolean {
  if (error instanceof StoreFault) return true
  if (!(error instanceof Error)) return false
  // The SDK's retries put it on every error that leaves a client: refusals, time-outs, broken connections.
  if ('$metadata' in error) return true
  return isStoreFault(error.cause)
}

/** Why a record is passed over: what its object in the quarantine says of it. */
export type PassOverReason = { code: string; reason: string }

/** What the consumer's code threw, in a line. */
export function reasonOf(error: unknown): PassOverReason {
  if (!(error instanceof Error)) return { code: 'consumer_failed', reason: String(error) }
  return { code: 'consumer_failed', reason: `${error.name}: ${error.message}` }
}

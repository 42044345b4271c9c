/** The way back: the same bytes into the stream again, and only then away with the object. */
import type { QuarantineEntry, QuarantineStores } from './stores.ts'

export type PutBack = { entry: QuarantineEntry; sequenceNumber: string; shardId: string }

/**
 * Oldest first, one after another: a record that cannot be put back stops the rest, which stay where they are.
 *
 * @param onPutBack is told of each record once it is in the stream and its object is gone
 */
export async function retryRecords(
  stores: Pick<QuarantineStores, 'get' | 'delete' | 'putBack'>,
  entries: readonly QuarantineEntry[],
  onPutBack: (result: PutBack) => void,
): Promise<void> {
  for (const entry of entries) {
    const { sequenceNumber, shardId } = await stores.putBack(entry, await stores.get(entry.key))
    await stores.delete(entry.key)
    onPutBack({ entry, sequenceNumber, shardId })
  }
}

/** Cells of a shard that is read from its beginning: those that were not asked for yet are taken to be new. */
import { crc32 } from 'node:zlib'
import type { CellStore } from '../aggregator/cell-store.ts'
import { emptyCell } from '../aggregator/shapes/cell.ts'
import { cellText, seriesOf } from '../aggregator/shapes/cell-key.ts'

/** A bit each: 2 MiB. Items that share one are asked for in vain, of a million one in sixteen. */
const slots = 2 ** 24

/**
 * A book asks for each item when a record first needs it, and waits: with many small sites, for an answer a record. But
 * what an item holds is settled by the stream (aggregator/held-item.ts), of which nothing is left out here. Where an
 * earlier run, or another one, has stored the item all the same, the first write of it is refused, and it is read then.
 */
export function takenAsNew(store: CellStore): CellStore {
  const asked = new Uint8Array(slots / 8)
  return {
    ...store,
    async load(key) {
      const slot = crc32(`${seriesOf(key.site, key.granularity)} ${cellText(key)}`) % slots
      const [byte, bit] = [slot >>> 3, 1 << (slot & 7)]
      const known = asked[byte] ?? 0
      if ((known & bit) !== 0) return store.load(key)
      asked[byte] = known | bit
      return { value: emptyCell(), sequence: undefined }
    },
  }
}

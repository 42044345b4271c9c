/** The tables `cells` and `revisions` in memory: encodes as the real one does, and counts what DynamoDB would charge for. */
import type { CellStore } from '../../consumers/aggregator/cell-store.ts'
import { decodeCell, emptyCell, encodeCell } from '../../consumers/aggregator/shapes/cell.ts'
import { type CellKey, cellText, seriesOf } from '../../consumers/aggregator/shapes/cell-key.ts'
import { monthOf } from '../../consumers/aggregator/shapes/day-revisions.ts'

/** A standard write of up to 1 KiB takes one unit ("Read and write capacity", Amazon DynamoDB). */
const unitBytes = 1024
/** Attribute names, sequence number and expiry, which count as the data does. */
const overheadBytes = 120

export type WriteCounts = { writes: number; units: number; largestItemBytes: number }

export type MemoryCells = CellStore & {
  items: Map<string, { data: Buffer; sequence: string }>
  /** By `SITE YYYY-MM-DD`. */
  revisions: Map<string, number>
  counts: WriteCounts
}

export function createMemoryCells(): MemoryCells {
  const items: MemoryCells['items'] = new Map()
  const revisions: MemoryCells['revisions'] = new Map()
  const counts: WriteCounts = { writes: 0, units: 0, largestItemBytes: 0 }
  const nameOf = (key: CellKey) => `${seriesOf(key.site, key.granularity)} ${cellText(key)}`

  return {
    items,
    revisions,
    counts,
    async load(key) {
      const item = items.get(nameOf(key))
      return item
        ? { value: decodeCell(item.data), sequence: item.sequence }
        : { value: emptyCell(), sequence: undefined }
    },
    async replace(key, seen, sequence) {
      const name = nameOf(key)
      if (items.get(name)?.sequence !== seen.sequence) return false
      const data = encodeCell(seen.value)
      items.set(name, { data, sequence })
      const bytes = data.length + name.length + overheadBytes
      counts.writes += 1
      counts.units += Math.ceil(bytes / unitBytes)
      counts.largestItemBytes = Math.max(counts.largestItemBytes, bytes)
      return true
    },
    async reviseDays(site, days) {
      for (const day of days) revisions.set(`${site} ${day}`, (revisions.get(`${site} ${day}`) ?? 0) + 1)
      // An item for each month, of less than a unit.
      const months = new Set(days.map(monthOf)).size
      counts.writes += months
      counts.units += months
    },
  }
}

/** Minutes are kept for two days (aggregator/shapes/cell-key.ts): a replay writes those alone that would still be there. */
import type { CellStore } from '../aggregator/cell-store.ts'
import { emptyCell } from '../aggregator/shapes/cell.ts'
import { type CellKey, granularityMs, minuteRetentionMs } from '../aggregator/shapes/cell-key.ts'

/** Whether the cell is kept at this time, epoch milliseconds. */
export function isKept({ granularity, start }: CellKey, at: number): boolean {
  return granularity !== 'minute' || start + granularityMs.minute + minuteRetentionMs > at
}

/**
 * @param at the same for every run of a replay, so that a resumed one leaves the same cells
 * @returns the store, which forgets what is not kept at that time
 */
export function withoutExpired(store: CellStore, at: number): CellStore {
  return {
    // The first whole minute that `isKept` is true of.
    minutesFrom: Math.floor((at - minuteRetentionMs) / granularityMs.minute) * granularityMs.minute,
    load: async (key) => (isKept(key, at) ? store.load(key) : { value: emptyCell(), sequence: undefined }),
    replace: async (key, ...change) => !isKept(key, at) || store.replace(key, ...change),
    reviseDays: (...days) => store.reviseDays(...days),
  }
}

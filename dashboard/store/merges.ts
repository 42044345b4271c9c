/**
 * Merges of cells that were made before. A page that is opened again, by whomever, asks for the same month as the last
 * time: its cells have the same versions, so their sum is the same, and nothing is added up twice. Of a month whose last
 * day is running, that day alone is added anew.
 */
import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Dimension } from '../../consumers/aggregator/shapes/dimensions.ts'
import type { Filter } from '../query/filter.ts'
import { mergeCells, type PeriodCell } from '../query/merge.ts'
import { estimateFiguresBytes, type StoredCell } from './cells.ts'

export type Merges = {
  /** Like `mergeCells`; what it answers is shared, and never changed. */
  of(
    cells: readonly StoredCell[],
    starts: readonly number[],
    only: readonly Dimension[],
    filter?: Filter,
    prefix?: string,
  ): PeriodCell
}

/** In estimated bytes: a month of a site with thousands of pages, with all panels, is some 10 MB. */
const maxCacheBytes = 96 * 1024 * 1024

export function createMerges(): Merges {
  const cache = new LRUCache<string, PeriodCell>({ maxSize: maxCacheBytes, sizeCalculation: estimateBytes })
  const merges: Merges = {
    of(cells, starts, only, filter, prefix = '') {
      const key = nameOf(cells, starts, only, filter, prefix)
      const known = cache.get(key)
      if (known) return known
      // What is settled is the same the next time, when a running hour has changed.
      const settled = cells.filter(({ isSettled }) => isSettled)
      const isMixed = settled.length > 0 && settled.length < cells.length
      const base = isMixed ? merges.of(settled, starts, only, filter, prefix) : undefined
      const rest = isMixed ? cells.filter(({ isSettled }) => !isSettled) : cells
      const merged = mergeCells(rest, starts, only, base, filter, prefix)
      cache.set(key, merged)
      return merged
    },
  }
  return merges
}

/** A version names series, cell and state: where all are equal, and asked for alike, so are the sums. */
function nameOf(
  cells: readonly StoredCell[],
  starts: readonly number[],
  only: readonly Dimension[],
  filter: Filter | undefined,
  prefix: string,
): string {
  return hash(
    'sha256',
    [only.join(), starts.join(), JSON.stringify([filter ?? null, prefix]), ...cells.map(({ version }) => version)].join(
      '\n',
    ),
    'base64',
  )
}

function estimateBytes({ totals, points, dimensions }: PeriodCell): number {
  let bytes = 1000
  for (const figures of [totals, ...points]) bytes += estimateFiguresBytes(figures)
  for (const values of dimensions.values())
    for (const [value, figures] of values) bytes += value.length + estimateFiguresBytes(figures)
  return bytes
}

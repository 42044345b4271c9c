/**
 * Cells of what is over, which hardly ever change: kept under the revisions of their days
 * (docs/decisions/0024-days-have-revisions.md), so that one small request says whether they still are what was read.
 *
 *     a period    |·31·|······· October ·······|·1· … ·28·| today until 8:00   | from 8:00 |
 *     is read as  |days of a month, added up by dimension | hours, added up    | its cells |
 *
 * What days of one month add up to is kept, and of busy sites the cells of each day as well, of which it is made again
 * when one of the days has changed or others are asked for. Of a day that is running, or that a period has a part of, its
 * hours that are over for a while are kept under its revision as well.
 */
import { LRUCache } from 'lru-cache'
import { type Cell, emptyCell, Figures, mergeFigures } from '../../consumers/aggregator/shapes/cell.ts'
import { granularityMs, utcDay } from '../../consumers/aggregator/shapes/cell-key.ts'
import { type RootPart, treesOf } from '../../consumers/aggregator/shapes/cell-parts.ts'
import { monthOf } from '../../consumers/aggregator/shapes/day-revisions.ts'
import type { Dimension } from '../../consumers/aggregator/shapes/dimensions.ts'
import { panelDimensions } from '../answers.ts'
import { mergeCells } from '../query/merge.ts'
import { type CellRange, dayDelayMs } from '../query/plan.ts'
import type { View } from '../query/view.ts'
import { type CellStore, estimateBytes, type StoredCell } from './cells.ts'
import type { Revisions } from './revisions.ts'

export type Listings = {
  /**
   * Cells that add up to what those of a site in these ranges do, by bucket of a chart and in all.
   *
   * @param only the dimensions that are wanted; of others nothing may be there
   * @param whole whether single values are wanted by bucket too: then nothing is added up beforehand
   */
  read(
    site: string,
    ranges: readonly CellRange[],
    view: View,
    only: readonly Dimension[],
    whole?: boolean,
  ): Promise<StoredCell[]>
}

const { day: dayMs, hour: hourMs } = granularityMs
/** In estimated bytes: sums of a month of a busy site are some 5 MB. */
const maxSumBytes = 96 * 1024 * 1024
/** In estimated bytes: a busy site's month of days is some 50 MB. */
const maxDayBytes = 128 * 1024 * 1024
/** Of what no revision tells, such as items that somebody deletes by hand, nothing is kept for longer. */
const maxAgeMs = 24 * 3_600_000
/** Days read by one Query, whose pages of 1 MB come one after another: a busy site's four days are one. */
const daysPerQuery = 4
/** Months that one question reads at once, each with some eight queries. */
const maxMonths = 4
/** Until so long after its end an hour is read each time: visits that began in it go on, and count in it. */
const hourDelayMs = 2 * hourMs

/** Days of one UTC month, or hours of one UTC day, all over, and what of their cells is wanted. */
type Stretch = CellRange & { granularity: 'hour' | 'day'; trees: readonly RootPart[] }
type Kept = { cells: StoredCell[]; readAt: number; bytes: number }

/** @param now the clock that says which days are over */
export function createListings(
  cells: Pick<CellStore, 'read' | 'readWhole'>,
  revisionsOf: (site: string, months: readonly string[]) => Promise<Revisions>,
  now: () => number,
): Listings {
  const options = { sizeCalculation: ({ bytes }: Kept) => bytes }
  const days = new LRUCache<string, Kept>({ maxSize: maxDayBytes, ...options })
  const sums = new LRUCache<string, Kept>({ maxSize: maxSumBytes, ...options })
  /** What is being read: a page asks for the same month several times at once. */
  const reading = new Map<string, Promise<Kept>>()
  /** Names what was read: no two are the same. */
  let serial = 0

  async function keep(cache: LRUCache<string, Kept>, name: string, make: () => Promise<Kept>): Promise<Kept> {
    const known = cache.get(name)
    if (known && now() - known.readAt < maxAgeMs) return known
    const under = reading.get(name)
    if (under) return under
    const made = make().finally(() => reading.delete(name))
    reading.set(name, made)
    const kept = await made
    cache.set(name, kept)
    return kept
  }

  function named(placed: Omit<StoredCell, 'version' | 'isSettled'>, isSettled = true): StoredCell {
    return { ...placed, version: String(++serial), isSettled }
  }

  /** The cells of each day, in order. */
  async function readDays(site: string, stretch: Stretch, view: View, nameOf: (day: number) => string): Promise<Kept> {
    const found = new Map<number, Kept>()
    const missing: number[] = []
    for (let day = stretch.from; day < stretch.to; day += dayMs) {
      const known = days.get(nameOf(day))
      if (known && now() - known.readAt < maxAgeMs) found.set(day, known)
      else missing.push(day)
    }
    const readAt = now()
    await Promise.all(
      runsOf(missing).map(async ({ from, to }) => {
        const range = { granularity: stretch.granularity, from, to }
        const read = stretch.trees.length === 0 ? 'read' : 'readWhole'
        const placed =
          read === 'read'
            ? await cells.read(site, [range], view, [], true)
            : await cells.readWhole(site, range, view, stretch.trees)
        const byDay = Map.groupBy(placed, ({ start }) => Math.floor(start / dayMs) * dayMs)
        for (let day = from; day < to; day += dayMs) {
          const ofDay = (byDay.get(day) ?? []).map((cell) => named(cell))
          const bytes = ofDay.reduce((sum, { cell }) => sum + estimateBytes(cell), 1000)
          const kept = { cells: ofDay, readAt, bytes }
          days.set(nameOf(day), kept)
          found.set(day, kept)
        }
      }),
    )
    const inOrder = [...found].sort(([a], [b]) => a - b).map(([, kept]) => kept)
    return {
      cells: inOrder.flatMap((kept) => kept.cells),
      readAt: Math.min(readAt, ...inOrder.map((kept) => kept.readAt)),
      bytes: 0,
    }
  }

  /** Hours of a day: of one that is running they are read again with each revision, most of them from memory. */
  async function readHours(site: string, stretch: Stretch, view: View): Promise<Kept> {
    const readAt = now()
    return { cells: await cells.read(site, [stretch], view, stretch.trees, true), readAt, bytes: 0 }
  }

  /** Totals by bucket, and the sums of the values. */
  function addUp(
    { cells: all, readAt }: Kept,
    start: number,
    dimensions: readonly Dimension[],
    isSettled: boolean,
  ): Kept {
    const values: Cell = { totals: new Figures(), dimensions: mergeCells(all, [start], dimensions).dimensions }
    const added = [...totalsOf(all), { start, cell: values }].map((cell) => named(cell, isSettled))
    return { cells: added, readAt, bytes: added.reduce((sum, { cell }) => sum + estimateBytes(cell), 1000) }
  }

  return {
    async read(site, ranges, view, only, whole = false) {
      const trees = treesOf(only)
      const ends = {
        day: Math.floor((now() - dayDelayMs) / dayMs) * dayMs,
        // Single values are asked for seldom: hours are not kept for them.
        hour: whole ? 0 : Math.floor((now() - hourDelayMs) / hourMs) * hourMs,
      }
      const { over, running } = divide(ranges, ends, trees)
      const runningCells = cells.read(site, running, view, trees)
      if (over.length === 0) return runningCells
      // Before any cell: what is found then is as new as this says, or newer.
      const months = [...new Set(over.map(({ from }) => monthOf(utcDay(from))))]
      const [revisionOf, live] = await Promise.all([revisionsOf(site, months), runningCells])
      const group = only.every((dimension) => panels.has(dimension)) ? panelDimensions : only

      const found = new Map<Stretch, StoredCell[]>()
      const readOne = async (stretch: Stretch) => {
        const of = `${site} ${stretch.granularity} ${stretch.trees} ${view.version}`
        const nameOf = (day: number) => `${of} ${day} ${revisionOf(utcDay(day))}`
        const revisions: number[] = []
        for (let day = floorToDay(stretch.from); day < stretch.to; day += dayMs) revisions.push(revisionOf(utcDay(day)))
        const name = `${of} ${stretch.from} ${stretch.to} ${revisions}`
        const isDays = stretch.from % dayMs === 0 && stretch.to % dayMs === 0
        const read = () => (isDays ? readDays(site, stretch, view, nameOf) : readHours(site, stretch, view))
        const kept = whole
          ? await read()
          : await keep(sums, `${name} ${group}`, async () => addUp(await read(), stretch.from, group, isDays))
        found.set(stretch, kept.cells)
      }
      const waiting = over.values()
      const workers = Array.from({ length: maxMonths }, async () => {
        for (const stretch of waiting) await readOne(stretch)
      })
      await Promise.all(workers)
      return [...over.flatMap((stretch) => found.get(stretch) ?? []), ...live]
    },
  }
}

const panels: ReadonlySet<Dimension> = new Set(panelDimensions)

/** Whole UTC days that are over by month, hours that are over by day, and what is left of the ranges. */
function divide(
  ranges: readonly CellRange[],
  ends: { day: number; hour: number },
  trees: readonly RootPart[],
): { over: Stretch[]; running: CellRange[] } {
  const over: Stretch[] = []
  const running: CellRange[] = []
  // Whoever asks for totals mostly asks for their values as well; only of hours of many days they are too many.
  const read: readonly RootPart[] = trees.length === 0 ? ['d'] : trees
  const addPart = ({ granularity, from, to }: CellRange) => {
    const end = granularity === 'hour' ? Math.floor(Math.min(to, ends.hour) / hourMs) * hourMs : 0
    for (let start = from; start < end; ) {
      const next = Math.min(floorToDay(start) + dayMs, end)
      over.push({ granularity: 'hour', from: start, to: next, trees: read })
      start = next
    }
    const left = Math.max(from, end)
    if (left < to) running.push({ granularity, from: left, to })
  }
  for (const range of ranges) {
    const { granularity, from, to } = range
    const first = Math.ceil(from / dayMs) * dayMs
    const last = floorToDay(Math.min(to, ends.day))
    if (granularity === 'minute' || first >= last) {
      addPart(range)
      continue
    }
    if (from < first) addPart({ granularity, from, to: first })
    if (last < to) addPart({ granularity, from: last, to })
    for (let start = first; start < last; ) {
      const next = Math.min(nextMonth(start), last)
      over.push({ granularity, from: start, to: next, trees: granularity === 'day' ? read : trees })
      start = next
    }
  }
  return { over, running }
}

function floorToDay(at: number): number {
  return Math.floor(at / dayMs) * dayMs
}

function nextMonth(at: number): number {
  const date = new Date(at)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1)
}

/** Days that follow each other, as many as one Query reads. */
function runsOf(starts: readonly number[]): { from: number; to: number }[] {
  const runs: { from: number; to: number }[] = []
  for (const start of starts) {
    const last = runs.at(-1)
    if (last?.to === start && start - last.from < daysPerQuery * dayMs) last.to += dayMs
    else runs.push({ from: start, to: start + dayMs })
  }
  return runs
}

/** A cell without values for each bucket, and another for what arrived on a later day. */
function totalsOf(cells: readonly StoredCell[]): Pick<StoredCell, 'start' | 'cell' | 'arrivedLater'>[] {
  const sums = new Map<string, { start: number; cell: Cell; arrivedLater: boolean }>()
  for (const { start, cell, arrivedLater = false } of cells) {
    const name = `${start} ${arrivedLater}`
    const sum = sums.get(name) ?? { start, cell: emptyCell(), arrivedLater }
    mergeFigures(sum.cell.totals, cell.totals)
    sums.set(name, sum)
  }
  return [...sums.values()]
}

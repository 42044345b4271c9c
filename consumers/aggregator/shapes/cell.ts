/**
 * A cell: everything that one site counted in one hour (or day, or minute), by dimension, as far as one shard
 * brought it. All figures are mergeable, so that shards, arrival segments and hours add up to any period.
 */
import { constants } from 'node:zlib'
import { compress, decompress } from '../../../stream/zstd.ts'
import { type Dimension, dimensions } from './dimensions.ts'
import { VisitorSketch } from './visitor-sketch.ts'

/** Figures that add up. Visits and what belongs to them count where the visit began. */
export const counts = [
  'pageviews',
  'clicks',
  'events',
  'visits',
  'bounces',
  'visitMs',
  'engagedMs',
  /** Errors that pages reported. */
  'errors',
  /** Bursts of clicks on one target. */
  'rageClicks',
  /** Events whose own time was too long ago to be believed: they are counted when they arrived. */
  'late',
  /** Events that programs sent: in no other figure. */
  'bots',
] as const
export type Count = (typeof counts)[number]
export type Counts = Record<Count, number>

/**
 * All counts at zero, to be added to. The one place where they are written out for speed, with `addCounts`: a class is
 * made a hundred thousand times a second, and what spreads other objects takes ten times as long.
 */
export class Tally implements Counts {
  pageviews = 0
  clicks = 0
  events = 0
  visits = 0
  bounces = 0
  visitMs = 0
  engagedMs = 0
  errors = 0
  rageClicks = 0
  late = 0
  bots = 0
}

export function tallyOf(counts: Partial<Counts>): Tally {
  return Object.assign(new Tally(), counts)
}

export class Figures extends Tally {
  visitors = new VisitorSketch()
}

export type Cell = { totals: Figures; dimensions: Map<Dimension, Map<string, Figures>> }

/** What is beyond the values that a reader tells apart. */
export const otherValue = '(other)'

export function emptyCell(): Cell {
  return { totals: new Figures(), dimensions: new Map() }
}

/** Written out: this runs some ten times an event, and a loop over names takes ten times as long. */
export function addCounts(into: Counts, from: Counts): void {
  into.pageviews += from.pageviews
  into.clicks += from.clicks
  into.events += from.events
  into.visits += from.visits
  into.bounces += from.bounces
  into.visitMs += from.visitMs
  into.engagedMs += from.engagedMs
  into.errors += from.errors
  into.rageClicks += from.rageClicks
  into.late += from.late
  into.bots += from.bots
}

/** Sets all counts back to zero, written out as well. */
export function clearCounts(counts: Counts): void {
  counts.pageviews = 0
  counts.clicks = 0
  counts.events = 0
  counts.visits = 0
  counts.bounces = 0
  counts.visitMs = 0
  counts.engagedMs = 0
  counts.errors = 0
  counts.rageClicks = 0
  counts.late = 0
  counts.bots = 0
}

export function mergeFigures(into: Figures, from: Figures): void {
  addCounts(into, from)
  into.visitors.merge(from.visitors)
}

export function copyFigures(figures: Figures): Figures {
  const copy = new Figures()
  addCounts(copy, figures)
  copy.visitors = figures.visitors.copy()
  return copy
}

export function mergeCell(into: Cell, from: Cell): void {
  mergeFigures(into.totals, from.totals)
  for (const [dimension, values] of from.dimensions)
    for (const [value, figures] of values) mergeFigures(figuresOf(into, dimension, value), figures)
}

/** The figures of one value of a dimension, made when they are new. */
export function figuresOf(cell: Cell, dimension: Dimension, value: string): Figures {
  let values = cell.dimensions.get(dimension)
  if (!values) {
    values = new Map()
    cell.dimensions.set(dimension, values)
  }
  let figures = values.get(value)
  if (!figures) {
    figures = new Figures()
    values.set(value, figures)
  }
  return figures
}

/** Visitors, then the counts in their order; zeros at the end are left out. */
type FiguresRow = [visitors: string, ...counts: number[]]
type CellDocument = { v: 2; totals: FiguresRow; dimensions: Record<string, [string, ...FiguresRow][]> }

/** The cell as bytes: zstd over JSON with sorted keys, so that equal cells are equal bytes. */
export function encodeCell(cell: Cell): Buffer {
  const document: CellDocument = { v: 2, totals: toRow([], cell.totals), dimensions: {} }
  for (const dimension of dimensions) {
    const values = cell.dimensions.get(dimension)
    if (!values) continue
    // Entries, not an object: values come from pages, and one may be called `__proto__`.
    document.dimensions[dimension] = [...values.keys()]
      .sort()
      .map((value) => toRow([value], values.get(value) as Figures))
  }
  return compress(Buffer.from(JSON.stringify(document)), {
    params: { [constants.ZSTD_c_compressionLevel]: 3 },
  })
}

/** @throws when the bytes are no cell: a fault, since only `encodeCell` writes them */
export function decodeCell(bytes: Uint8Array): Cell {
  const document = JSON.parse(decompress(bytes).toString()) as CellDocument
  if (document.v !== 2) throw new Error(`a cell of format ${document.v}, this reader knows 2`)
  const cell: Cell = { totals: fromRow(document.totals), dimensions: new Map() }
  for (const dimension of dimensions) {
    const rows = document.dimensions[dimension]
    if (!rows) continue
    cell.dimensions.set(dimension, new Map(rows.map(([value, ...row]) => [value, fromRow(row)])))
  }
  return cell
}

/** @param start what comes before the figures; the counts are in the order of `counts`, written out as above */
function toRow<Start extends string[]>(start: [...Start], figures: Figures): [...Start, ...FiguresRow] {
  const { pageviews, clicks, events, visits, bounces, visitMs, engagedMs, errors, rageClicks, late, bots } = figures
  const row: (string | number)[] = start
  row.push(figures.visitors.toText(), pageviews, clicks, events, visits, bounces, visitMs, engagedMs)
  row.push(errors, rageClicks, late, bots)
  while (row.at(-1) === 0) row.pop()
  return row as [...Start, ...FiguresRow]
}

function fromRow([visitors, ...row]: FiguresRow): Figures {
  const figures = new Figures()
  for (const [i, count] of counts.entries()) figures[count] = row[i] ?? 0
  figures.visitors = VisitorSketch.fromText(visitors)
  return figures
}

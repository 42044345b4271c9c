/**
 * A cell: everything that one site counted in one hour (or day, or minute), by dimension, as far as one shard
 * brought it. All figures are mergeable, so that shards, arrival segments and hours add up to any period.
 */
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { VisitorSketch } from './visitor-sketch.ts'

/** Figures that add up. Visits and what belongs to them count where the visit began. */
export const counts = ['pageviews', 'clicks', 'events', 'visits', 'bounces', 'visitMs', 'engagedMs'] as const
export type Count = (typeof counts)[number]

export type Figures = Record<Count, number> & { visitors: VisitorSketch }

/**
 * What figures are broken down by. `page` and `target` (what was clicked) follow the event, all others the
 * visit; visits, bounces and durations of a page are those of visits that entered there.
 */
export const dimensions = [
  'page',
  'referrer',
  'campaign',
  'country',
  'browser',
  'os',
  'device',
  'target',
  'event',
] as const
export type Dimension = (typeof dimensions)[number]

export type Cell = { totals: Figures; dimensions: Map<Dimension, Map<string, Figures>> }

/** Values of one dimension that a cell tells apart; what comes after them is counted under `otherValue`. */
const maxValues = 2000
export const otherValue = '(other)'

export function emptyFigures(): Figures {
  return {
    pageviews: 0,
    clicks: 0,
    events: 0,
    visits: 0,
    bounces: 0,
    visitMs: 0,
    engagedMs: 0,
    visitors: new VisitorSketch(),
  }
}

export function emptyCell(): Cell {
  return { totals: emptyFigures(), dimensions: new Map() }
}

export function mergeFigures(into: Figures, from: Figures): void {
  for (const count of counts) into[count] += from[count]
  into.visitors.merge(from.visitors)
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
  const found = values.get(value)
  if (found) return found
  if (values.size >= maxValues && value !== otherValue) return figuresOf(cell, dimension, otherValue)
  const figures = emptyFigures()
  values.set(value, figures)
  return figures
}

type FiguresRow = [...number[], string]
type CellDocument = { v: 1; totals: FiguresRow; dimensions: Record<string, [string, FiguresRow][]> }

/** The cell as bytes: zstd over JSON with sorted keys, so that equal cells are equal bytes. */
export function encodeCell(cell: Cell): Buffer {
  const document: CellDocument = { v: 1, totals: toRow(cell.totals), dimensions: {} }
  for (const dimension of dimensions) {
    const values = cell.dimensions.get(dimension)
    if (!values) continue
    // Entries, not an object: values come from pages, and one may be called `__proto__`.
    document.dimensions[dimension] = [...values.keys()]
      .sort()
      .map((value) => [value, toRow(values.get(value) as Figures)])
  }
  return zstdCompressSync(Buffer.from(JSON.stringify(document)), {
    params: { [constants.ZSTD_c_compressionLevel]: 3 },
  })
}

/** @throws when the bytes are no cell: a fault, since only `encodeCell` writes them */
export function decodeCell(bytes: Uint8Array): Cell {
  const document = JSON.parse(zstdDecompressSync(bytes).toString()) as CellDocument
  if (document.v !== 1) throw new Error(`a cell of format ${document.v}, this reader knows 1`)
  const cell: Cell = { totals: fromRow(document.totals), dimensions: new Map() }
  for (const dimension of dimensions) {
    const rows = document.dimensions[dimension]
    if (!rows) continue
    cell.dimensions.set(dimension, new Map(rows.map(([value, row]) => [value, fromRow(row)])))
  }
  return cell
}

function toRow(figures: Figures): FiguresRow {
  return [...counts.map((count) => figures[count]), figures.visitors.toText()]
}

function fromRow(row: FiguresRow): Figures {
  const figures = emptyFigures()
  for (const [i, count] of counts.entries()) figures[count] = row[i] as number
  figures.visitors = VisitorSketch.fromText(row.at(-1) as string)
  return figures
}

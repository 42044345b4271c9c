/** Puts changes into the parts of a cell (shapes/cell-parts.ts), each part a versioned value of its own. */
import { applyOnce, type Change, type Versioned } from '../runtime/exactly-once.ts'
import type { CellStore } from './cell-store.ts'
import type { Delta } from './delta.ts'
import { addCounts, type Cell, type Figures, figuresOf } from './shapes/cell.ts'
import type { CellKey } from './shapes/cell-key.ts'
import { isFull, partBelow, reservedBytes, rootPart, valueBytes } from './shapes/cell-parts.ts'
import { type Dimension, type DimensionValue, tellsVisitorsApart } from './shapes/dimensions.ts'

/** The parts of one cell as last seen. */
export type KnownParts = Map<string, Versioned<Cell>>

/** Writes what changes under the values of a cell, upper parts first. */
export async function writeValues(
  store: CellStore,
  key: CellKey,
  known: KnownParts,
  changes: readonly Change<Delta[]>[],
  part = rootPart,
): Promise<void> {
  const seen = known.get(part)
  known.delete(part)
  const stored = await applyOnce(store, { ...key, part }, seen, changes, (cell, deltas) => {
    const taker = takerOf(cell, part)
    for (const delta of deltas) taker.apply(delta)
  })
  known.set(part, stored)
  if (!takerOf(stored.value, part).isFull) return
  for (const [below, rest] of changesBelow(stored.value, part, changes))
    await writeValues(store, key, known, rest, below)
}

/** What a full part did not take, by the part that does. What it holds now, it held or took when it first came. */
function changesBelow(cell: Cell, part: string, changes: readonly Change<Delta[]>[]): Map<string, Change<Delta[]>[]> {
  const below = new Map<string, Change<Delta[]>[]>()
  for (const { sequence, change } of changes)
    for (const delta of change)
      for (const pair of missingValues(cell, delta)) {
        const target = partBelow(part, pair[0], pair[1])
        const list = below.get(target) ?? []
        below.set(target, list)
        const { site, at, received, segment, add, visitor, outsideTotals } = delta
        const rest = {
          site,
          at,
          received,
          segment,
          add,
          visitor,
          values: [pair],
          shared: [],
          visitorIsKnown: false,
          outsideTotals,
        }
        const last = list.at(-1)
        if (last?.sequence === sequence) last.change.push(rest)
        else list.push({ sequence, change: [rest] })
      }
  return below
}

function missingValues(cell: Cell, delta: Delta): DimensionValue[] {
  const isMissing = ([dimension, value]: DimensionValue) => !cell.dimensions.get(dimension)?.has(value)
  const missing = delta.values.filter(isMissing)
  // Places of shared lists are known: see Taker.
  for (const list of delta.shared) if (takers.get(cell)?.lacksSome(list)) missing.push(...list.filter(isMissing))
  return missing
}

const takers = new WeakMap<Cell, Taker>()

function takerOf(cell: Cell, part: string): Taker {
  const known = takers.get(cell)
  if (known) return known
  const taker = new Taker(cell, part)
  takers.set(cell, taker)
  return taker
}

/** Lists of shared values whose places are remembered; a site's traffic has some hundred. */
const maxPlaces = 5000

/** Adds to the values that a part has, and takes in new ones until it is full. */
class Taker {
  readonly #cell: Cell
  readonly #part: string
  #reserved: number
  /** Where the figures of a shared list are; undefined for what a full part has not got, and never will have. */
  readonly #places = new Map<readonly DimensionValue[], (Figures | undefined)[]>()

  constructor(cell: Cell, part: string) {
    this.#cell = cell
    this.#part = part
    this.#reserved = reservedBytes(cell)
  }

  get isFull(): boolean {
    return isFull(this.#part, this.#reserved)
  }

  apply(delta: Delta): void {
    const { add, visitor, visitorIsKnown } = delta
    for (const pair of delta.values) {
      // Not taken apart by the pattern [dimension, value]: this runs ten times an event.
      const figures = this.#figures(pair[0], pair[1])
      if (!figures) continue
      addCounts(figures, add)
      if (visitor !== undefined && tellsVisitorsApart(pair[0])) figures.visitors.add(visitor)
    }
    for (const list of delta.shared)
      for (const figures of this.#placesOf(list)) {
        if (!figures) continue
        addCounts(figures, add)
        if (visitor !== undefined && !visitorIsKnown) figures.visitors.add(visitor)
      }
  }

  /** Whether some of a list's values are in no place here. */
  lacksSome(list: readonly DimensionValue[]): boolean {
    return this.#placesOf(list).includes(undefined)
  }

  #placesOf(list: readonly DimensionValue[]): (Figures | undefined)[] {
    const known = this.#places.get(list)
    if (known) return known
    if (this.#places.size >= maxPlaces) this.#places.clear()
    const places = list.map(([dimension, value]) => this.#figures(dimension, value))
    this.#places.set(list, places)
    return places
  }

  #figures(dimension: Dimension, value: string): Figures | undefined {
    const found = this.#cell.dimensions.get(dimension)?.get(value)
    if (found) return found
    if (this.isFull) return undefined
    this.#reserved += valueBytes(dimension, value)
    return figuresOf(this.#cell, dimension, value)
  }
}

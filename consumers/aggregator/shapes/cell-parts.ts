/**
 * How the values of a cell are laid out over items, none of which outgrows DynamoDB's 400 KB, whatever is counted:
 *
 *     d ──full──▶ d0 … df ──full──▶ d00 … dff          (a digit of the value's hash for each level)
 *     p ──full──▶ p0 … pf ──full──▶ …                  positions of clicks alone
 *
 * Clicks have more positions than all else together has values. They are counted by the day alone, and apart from the
 * rest, so that they are written seldom and read only for click maps.
 *
 * A part takes new values until they might fill it. From then on new ones go to the part below, chosen by their hash;
 * those it has stay where they are. So where a value lies is settled by what came before it in the stream, however
 * that was batched (docs/decisions/0008-cells-in-parts.md).
 */
import type { Cell } from './cell.ts'
import type { Granularity } from './cell-key.ts'
import { type Dimension, tellsVisitorsApart } from './dimensions.ts'

export const rootParts = ['d', 'p'] as const
export type RootPart = (typeof rootParts)[number]

export function rootPartOf(dimension: Dimension): RootPart {
  return dimension === 'position' ? 'p' : 'd'
}

/** The trees that these dimensions are in. */
export function treesOf(dimensions: readonly Dimension[]): RootPart[] {
  return [...new Set(dimensions.map(rootPartOf))]
}

/** Whether cells of a granularity have this tree. */
export function isCounted(root: RootPart, granularity: Granularity): boolean {
  return granularity === 'day' || (granularity === 'hour' && root === 'd')
}

/** The tree that a part belongs to. */
export function rootOf(part: string): RootPart {
  return part.startsWith('p') ? 'p' : 'd'
}

/** Of values that have grown as far as they can. The rest up to 400 KB is for the key and for one last value. */
export const partBytes = 320 * 1024
/** Eight digits of a 32-bit hash: more parts than there can be events. */
const maxDepth = 8

/** A row's counts with their punctuation, and 8,192 registers at 3 bits, which is what zstd makes of them. */
const countsBytes = 128
const sketchBytes = 3500

/** What a value may come to take in its part. */
export function valueBytes(dimension: Dimension, value: string): number {
  return countsBytes + Buffer.byteLength(JSON.stringify(value)) + (tellsVisitorsApart(dimension) ? sketchBytes : 0)
}

/** What all values of a part may come to take. */
export function reservedBytes(part: Cell): number {
  let bytes = 0
  for (const [dimension, values] of part.dimensions)
    for (const value of values.keys()) bytes += valueBytes(dimension, value)
  return bytes
}

export function isFull(part: string, reserved: number): boolean {
  return reserved >= partBytes && part.length - 1 < maxDepth
}

/** The part below a full one that takes this value. */
export function partBelow(part: string, dimension: Dimension, value: string): string {
  const level = part.length - 1
  return part + ((hashOf(dimension, value) >>> (level * 4)) & 15).toString(16)
}

/** FNV-1a, with the finalizer of MurmurHash3, so that all digits are even. */
function hashOf(dimension: Dimension, value: string): number {
  let hash = 0x811c9dc5
  const text = `${dimension} ${value}`
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

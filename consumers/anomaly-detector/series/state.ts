/** The state of a detector as bytes, in a fixed layout: doubles first, then singles, in the machine's byte order. */
import { Incidents } from './incidents.ts'
import { Neighbours } from './neighbours.ts'
import { Season } from './season.ts'
import { Tail } from './tail.ts'

export type State = {
  /** The first value, from which all others are counted; NaN before it. */
  origin: number
  /** The largest distance from it so far. */
  range: number
  season: Season
  neighbours: Neighbours
  seasonTail: Tail
  neighboursTail: Tail
  incidents: Incidents
}

/** Goes up when the layout or the meaning of a number changes. */
const version = 1
const headLength = 3
const doubles = headLength + Season.doubles + 2 * Tail.length + Incidents.length
const singles = Season.singles + Neighbours.singles
const stateBytes = doubles * Float64Array.BYTES_PER_ELEMENT + singles * Float32Array.BYTES_PER_ELEMENT

export function writeState(state: State): Uint8Array {
  const bytes = new Uint8Array(stateBytes)
  const part = parts(bytes)
  part.head.set([version, state.origin, state.range])
  state.season.write(part.season, part.profiles)
  state.seasonTail.write(part.seasonTail)
  state.neighboursTail.write(part.neighboursTail)
  state.incidents.write(part.incidents)
  state.neighbours.write(part.neighbours)
  return bytes
}

/** @throws RangeError when the bytes are no state of this version */
export function readState(bytes: Uint8Array): State {
  // A copy, since doubles must start at a multiple of eight bytes; slice of a Buffer makes none.
  const part = bytes.length === stateBytes ? parts(new Uint8Array(bytes)) : undefined
  if (part?.head[0] !== version) throw new RangeError(`not a detector's state of version ${version}`)
  const incidents = new Incidents()
  incidents.read(part.incidents)
  return {
    origin: part.head[1] as number,
    range: part.head[2] as number,
    season: Season.read(part.season, part.profiles),
    neighbours: Neighbours.read(part.neighbours),
    seasonTail: Tail.read(part.seasonTail),
    neighboursTail: Tail.read(part.neighboursTail),
    incidents,
  }
}

function parts({ buffer }: Uint8Array<ArrayBuffer>) {
  let offset = 0
  const next = <T>(
    Numbers: { new (buffer: ArrayBuffer, offset: number, length: number): T; BYTES_PER_ELEMENT: number },
    length: number,
  ): T => {
    const numbers = new Numbers(buffer, offset, length)
    offset += length * Numbers.BYTES_PER_ELEMENT
    return numbers
  }
  return {
    head: next(Float64Array, headLength),
    season: next(Float64Array, Season.doubles),
    seasonTail: next(Float64Array, Tail.length),
    neighboursTail: next(Float64Array, Tail.length),
    incidents: next(Float64Array, Incidents.length),
    profiles: next(Float32Array, Season.singles),
    neighbours: next(Float32Array, Neighbours.singles),
  }
}

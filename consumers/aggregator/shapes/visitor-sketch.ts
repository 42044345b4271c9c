/**
 * How many different visitors: a mergeable set of 32-bit visitor hashes. Exact up to `exactLimit`; beyond it a
 * HyperLogLog of 8,192 registers, standard error 1.15 %, with the estimator of Otmar Ertl, "New cardinality
 * estimation algorithms for HyperLogLog sketches" (2017), algorithm 6, which needs no bias tables.
 *
 * What a sketch holds, and so its text, depends on the set of hashes alone, not on their order: cells that saw
 * the same visitors are the same bytes.
 */
const precision = 13
const registerCount = 1 << precision
/** Bits of a hash that are left to count leading zeros in. */
const rankBits = 32 - precision
/** Up to here the hashes themselves are kept: 2 KiB, a quarter of the registers. */
export const exactLimit = 512
/** Up to here a list takes less than a set, and is looked through as fast. */
const listLimit = 8
const firstLetter = 'A'.charCodeAt(0)

export class VisitorSketch {
  /** Made when there is somebody: most values of a cell are not told visitors of, and most of the others of few. */
  #exact: number[] | Set<number> | undefined
  #registers: Uint8Array | undefined
  /** Of these registers: it takes a look at each of them, and a page asks for thousands of sketches. */
  #estimate: number | undefined

  /** @param hash 32 bits, evenly distributed: the first half of a visitor id */
  add(hash: number): void {
    if (this.#registers) {
      this.#estimate = undefined
      observe(this.#registers, hash)
      return
    }
    // Signed, which V8 keeps without a heap object.
    const signed = hash | 0
    if (!this.#exact) {
      this.#exact = [signed]
    } else if (this.#exact instanceof Set) {
      this.#exact.add(signed)
      if (this.#exact.size > exactLimit) this.#toRegisters()
    } else if (!this.#exact.includes(signed)) {
      this.#exact.push(signed)
      if (this.#exact.length > listLimit) this.#exact = new Set(this.#exact)
    }
  }

  /** One of its own that holds the same. */
  copy(): VisitorSketch {
    const sketch = new VisitorSketch()
    sketch.#exact = this.#exact instanceof Set ? new Set(this.#exact) : this.#exact?.slice()
    sketch.#registers = this.#registers?.slice()
    sketch.#estimate = this.#estimate
    return sketch
  }

  merge(other: VisitorSketch): void {
    if (other.#exact) for (const hash of other.#exact) this.add(hash)
    const theirs = other.#registers
    if (!theirs) return
    this.#estimate = undefined
    const mine = this.#registers ?? this.#toRegisters()
    for (let i = 0; i < registerCount; i++) if ((theirs[i] ?? 0) > (mine[i] ?? 0)) mine[i] = theirs[i] as number
  }

  /** Different visitors seen: exact up to 512, an estimate beyond. */
  get count(): number {
    if (this.#registers) {
      this.#estimate ??= Math.round(estimate(this.#registers))
      return this.#estimate
    }
    return this.#exact instanceof Set ? this.#exact.size : (this.#exact?.length ?? 0)
  }

  /**
   * The sketch as text: nothing, or `x` and the sorted hashes in base64, or `h` and a letter for each register, `A` for 0. One
   * symbol a register is what zstd codes best: full registers take 3 bits each.
   */
  toText(): string {
    if (this.#registers) return `h${Buffer.from(this.#registers.map((rank) => rank + firstLetter)).toString('latin1')}`
    if (!this.#exact) return ''
    const hashes = Uint32Array.from(this.#exact).sort()
    const bytes = Buffer.allocUnsafe(hashes.length * 4)
    for (let i = 0; i < hashes.length; i++) bytes.writeUInt32BE(hashes[i] as number, i * 4)
    return `x${bytes.toString('base64')}`
  }

  static fromText(text: string): VisitorSketch {
    const sketch = new VisitorSketch()
    if (text === '') return sketch
    if (text[0] === 'h') {
      // Written out: a page of a month asks for thousands of these, and a function for each letter takes ten times as long.
      const registers = new Uint8Array(registerCount)
      for (let i = 0; i < registerCount; i++) registers[i] = text.charCodeAt(i + 1) - firstLetter
      sketch.#registers = registers
    } else {
      const bytes = Buffer.from(text.slice(1), 'base64')
      for (let at = 0; at < bytes.length; at += 4) sketch.add(bytes.readInt32BE(at))
    }
    return sketch
  }

  #toRegisters(): Uint8Array {
    const registers = new Uint8Array(registerCount)
    for (const hash of this.#exact ?? []) observe(registers, hash)
    this.#exact = undefined
    this.#registers = registers
    return registers
  }
}

/** The 32 bits of a visitor id that sketches count. */
export function visitorHash(visitor: string): number {
  // Signed, which V8 keeps without a heap object.
  return Number.parseInt(visitor.slice(0, 8), 16) | 0
}

function observe(registers: Uint8Array, hash: number): void {
  const index = hash >>> rankBits
  const rest = (hash << precision) >>> 0
  const rank = rest === 0 ? rankBits + 1 : Math.clz32(rest) + 1
  if (rank > (registers[index] ?? 0)) registers[index] = rank
}

function estimate(registers: Uint8Array): number {
  // Typed and by index: an iterator takes eight times as long, and a page asks for hundreds of these.
  const histogram = new Uint32Array(rankBits + 2)
  for (let i = 0; i < registerCount; i++) {
    const rank = registers[i] as number
    histogram[rank] = (histogram[rank] as number) + 1
  }
  let z = registerCount * tau((registerCount - (histogram[rankBits + 1] ?? 0)) / registerCount)
  for (let rank = rankBits; rank >= 1; rank--) z = 0.5 * (z + (histogram[rank] ?? 0))
  z += registerCount * sigma((histogram[0] ?? 0) / registerCount)
  return (registerCount * registerCount) / (2 * Math.LN2 * z)
}

/** x + Σ x^(2^k) · 2^(k-1): what the empty registers contribute. */
function sigma(x: number): number {
  if (x === 1) return Number.POSITIVE_INFINITY
  let power = x
  let weight = 1
  let sum = x
  for (let previous = Number.NaN; sum !== previous; ) {
    previous = sum
    power *= power
    sum += power * weight
    weight += weight
  }
  return sum
}

/** What the saturated registers contribute. */
function tau(x: number): number {
  if (x === 0 || x === 1) return 0
  let root = x
  let weight = 1
  let sum = 1 - x
  for (let previous = Number.NaN; sum !== previous; ) {
    previous = sum
    root = Math.sqrt(root)
    weight *= 0.5
    sum -= (1 - root) ** 2 * weight
  }
  return sum / 3
}

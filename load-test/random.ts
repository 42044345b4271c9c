/** Uniform in [0, 1). */
export type Random = () => number

/**
 * sfc32 (PractRand), seeded through splitmix32. Its 128 bits of state matter: page loads are named by what it
 * draws, and with 32 bits the names of two runs would collide, which the pipeline takes for duplicates.
 *
 * @param seed any safe integer; the same seed draws the same traffic
 */
export function seededRandom(seed: number): Random {
  let mix = (seed ^ Math.floor(seed / 2 ** 32)) >>> 0
  const split = () => {
    mix = (mix + 0x9e3779b9) | 0
    let z = mix ^ (mix >>> 16)
    z = Math.imul(z, 0x21f0aaad)
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
    return z ^ (z >>> 15)
  }
  let [a, b, c, counter] = [split(), split(), split(), 1]
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return (sum >>> 0) / 2 ** 32
  }
  for (let warmUp = 0; warmUp < 12; warmUp += 1) next()
  return next
}

/** An integer from `min` to `max`, both included. */
export function between(random: Random, min: number, max: number): number {
  return min + Math.floor(random() * (max - min + 1))
}

export function pick<T extends readonly [unknown, ...unknown[]]>(random: Random, values: T): T[number] {
  return values[Math.floor(random() * values.length)]
}

/** How many further times something happens that goes on with this probability each time. */
export function geometric(random: Random, goOn: number, max: number): number {
  let count = 0
  while (count < max && random() < goOn) count += 1
  return count
}

export function hex16(random: Random): string {
  const word = () => Math.floor(random() * 2 ** 32)
  return [word(), word()].map((half) => half.toString(16).padStart(8, '0')).join('')
}

/**
 * Draws ranks from 0 by Zipf's law with exponent 1: the second page is seen half as often as the first. Popularity of
 * web pages follows it (Breslau et al., "Web Caching and Zipf-like Distributions", 1999).
 */
export function zipf(random: Random, count: number): () => number {
  const cumulative: number[] = []
  let total = 0
  for (let rank = 1; rank <= count; rank += 1) {
    total += 1 / rank
    cumulative.push(total)
  }
  return () => {
    const target = random() * total
    let low = 0
    let high = count - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if ((cumulative[middle] ?? 0) > target) high = middle
      else low = middle + 1
    }
    return low
  }
}

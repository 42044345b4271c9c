/** From figures to places in a plot, with the marks of an axis. */
import { ticks } from 'd3-array'

export type Scale = {
  /** Place in the plot; what lies outside is moved to the edge. */
  at(value: number): number
  marks: { at: number; label: string }[]
}

export type ScaleOptions = {
  from: number
  to: number
  /** Places of the two ends: an upright axis begins at the bottom. */
  start: number
  end: number
  format: (value: number) => string
}

/** @param count of marks, about */
export function linearScale({ from, to, start, end, format }: ScaleOptions, count: number): Scale {
  const at = (value: number) => start + ((clamp(value, from, to) - from) / (to - from || 1)) * (end - start)
  return { at, marks: ticks(from, to, count).map((value) => ({ at: at(value), label: format(value) })) }
}

/** Powers of ten; fives and twos between them where there is room. Both ends are above 0. */
export function logScale({ from, to, start, end, format }: ScaleOptions): Scale {
  const [low, high] = [Math.log10(from), Math.log10(to)]
  const at = (value: number) => start + ((Math.log10(clamp(value, from, to)) - low) / (high - low || 1)) * (end - start)
  const steps = high - low > 3 ? [1] : high - low > 1.5 ? [1, 3] : [1, 2, 5]
  const marks: Scale['marks'] = []
  for (let decade = Math.floor(low); decade <= high; decade += 1)
    for (const step of steps) {
      const value = step * 10 ** decade
      if (value >= from * 0.999 && value <= to * 1.001) marks.push({ at: at(value), label: format(value) })
    }
  return { at, marks }
}

/** The next 1, 2 or 5 with zeros, so that an axis ends on a round figure. */
export function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1e-9)))
  return [1, 1.5, 2, 3, 4, 5, 8, 10].map((step) => step * power).find((round) => round >= value * 0.999) ?? value
}

function clamp(value: number, from: number, to: number): number {
  return Math.min(to, Math.max(from, value))
}

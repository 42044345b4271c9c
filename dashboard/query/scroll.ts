/** How far down pages were seen, from `page NUL percent` in steps of ten. */
import type { Counts } from '../../consumers/aggregator/shapes/cell.ts'
import type { ScrollAnswer } from '../answers.ts'

const steps = Array.from({ length: 11 }, (_, i) => i * 10)

/** @param prefix of the values that count */
export function toScroll(values: ReadonlyMap<string, Pick<Counts, 'events'>>, prefix: string): ScrollAnswer {
  const counts = new Map<number, number>()
  let total = 0
  for (const [value, { events }] of values) {
    // What is beyond the values told apart has no depth.
    const percent = value.includes('\u0000') ? Number(value.slice(value.lastIndexOf('\u0000') + 1)) : Number.NaN
    if (!value.startsWith(prefix) || !steps.includes(percent)) continue
    counts.set(percent, (counts.get(percent) ?? 0) + events)
    total += events
  }
  let below = 0
  const depths = steps.map((percent) => {
    const reached = total - below
    below += counts.get(percent) ?? 0
    return { percent, reached }
  })
  return { total, depths }
}

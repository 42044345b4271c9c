/** What the numbers of a page load tell: an event is (load, n), and n counts up from 0. */
import type { TrackedEvent } from '../../stream/event.ts'

/** @returns each number that is missing below the highest of its load, as `load n`: the ledger of what browsers lost */
export function findLost(events: readonly TrackedEvent[]): string[] {
  const loads = Map.groupBy(events, ({ load }) => load)
  return [...loads].flatMap(([load, ofLoad]) => {
    const known = new Set(ofLoad.map(({ n }) => n))
    return Array.from({ length: Math.max(...known) }, (_, n) => n)
      .filter((n) => !known.has(n))
      .map((n) => `${load} ${n}`)
  })
}

/** As consumers count: the same (load, n) once, however often it arrives. */
export function once(events: readonly TrackedEvent[]): TrackedEvent[] {
  return [...new Map(events.map((event) => [`${event.load} ${event.n}`, event])).values()]
}

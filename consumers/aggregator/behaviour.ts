/** What no person does, and what only annoyed ones do. Bounded, and by event time alone. */
import type { Visit } from './visits.ts'

/**
 * So many events of one visitor in such a time are a program's. A visitor is an address and a browser: an office
 * with one address and one browser stays far below.
 */
export const impossibleRate = { events: 10_000, withinMs: 10_000 } as const
/** So many clicks on one target, each so soon after the one before. */
const rage = { clicks: 3, withinMs: 1000 } as const

/** Counts an event of the visit; whether it comes at a rate that only programs reach, from then until it ends. */
export function isImpossible(visit: Visit, at: number): boolean {
  if (Math.abs(at - visit.rateSince) >= impossibleRate.withinMs) {
    visit.rateSince = at
    visit.rateEvents = 0
  }
  visit.rateEvents += 1
  if (visit.rateEvents > impossibleRate.events) visit.isProgram = true
  return visit.isProgram
}

/** Whether this click makes a burst one in anger: told once of each burst. */
export function isRage(visit: Visit, target: string, at: number): boolean {
  const last = visit.lastClick
  if (!last) {
    visit.lastClick = { target, at, clicks: 1 }
    return false
  }
  const goesOn = last.target === target && Math.abs(at - last.at) <= rage.withinMs
  last.target = target
  last.at = at
  last.clicks = goesOn ? last.clicks + 1 : 1
  return last.clicks === rage.clicks
}

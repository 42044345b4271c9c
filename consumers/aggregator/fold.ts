/**
 * The fold: from what is known of a shard so far and one more event, what is known then and what changes in the
 * figures (docs/decisions/0003-consumers-are-folds.md). Deterministic in stream order: no clock, no chance, no I/O.
 * The live consumer, Lambda and replay run this same function.
 */
import type { Delivery, TrackedEvent } from '../../stream/event.ts'
import type { RecordHeader } from '../../stream/record.ts'
import { isImpossible, isRage } from './behaviour.ts'
import { type Browser, browserOf } from './browser.ts'
import { type Delta, only } from './delta.ts'
import { eventValues, targetValue } from './event-values.ts'
import type { FoldState } from './fold-state.ts'
import { IntervalSet } from './interval-set.ts'
import { addressOf } from './place.ts'
import type { Counts } from './shapes/cell.ts'
import type { DimensionValue } from './shapes/dimensions.ts'
import { visitorHash } from './shapes/visitor-sketch.ts'
import { originOf, technologyOf } from './visit-values.ts'
import { continues, extendVisit, type Visit } from './visits.ts'

/** What became of the events that were folded. */
export type FoldOutcome = 'aggregated' | 'duplicate' | 'filtered'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** Later than this an event's own time is not believed: it counts when it arrived. */
const maxLateMs = 72 * hourMs

/** @returns whether this batch is new; a second copy of it is to be left out whole */
export function foldRecord(state: FoldState, header: RecordHeader): boolean {
  state.producers.advance(header.createdAt)
  state.loads.advance(header.createdAt)
  state.visits.advance(header.createdAt)
  const seen = state.producers.get(header.producerId) ?? new IntervalSet()
  state.producers.set(header.producerId, seen)
  return seen.add(header.producerSequence)
}

/** Folds one event; what it changes is handed to `emit`. */
export function foldEvent(
  state: FoldState,
  delivery: Delivery,
  event: TrackedEvent,
  emit: (delta: Delta) => void,
): FoldOutcome {
  if (!isNew(state, delivery.site, event)) return 'duplicate'
  const { at, isLate } = eventTime(delivery, event)
  const browser = browserOf(delivery.userAgent)
  if (browser.bot) return leaveOut(delivery, at, emit)
  const visit = foldVisit(state, delivery, event, browser, at, emit)
  if (visit?.isProgram) return leaveOut(delivery, at, emit)

  const values = eventValues(event)
  const isRaging = visit !== undefined && isRage(visit, event, at)
  if (isRaging && event.target) values.push(['rage', targetValue(event.target)])
  const { site, received, visitor } = delivery
  emit({
    site,
    at,
    received,
    add: countsOf(event, isLate, isRaging),
    visitor: visitor === undefined ? undefined : visitorHash(visitor),
    values,
    shared: visit?.values ?? [technologyOf(delivery, event, browser)],
    visitorIsKnown: visit !== undefined && isCounted(visit, at, received),
    outsideTotals: false,
  })
  return 'aggregated'
}

function countsOf(event: TrackedEvent, isLate: boolean, isRaging: boolean): Counts {
  return {
    pageviews: event.type === 'pageview' ? 1 : 0,
    clicks: event.type === 'click' ? 1 : 0,
    events: 1,
    visits: 0,
    bounces: 0,
    visitMs: 0,
    engagedMs: event.engagedMs ?? 0,
    errors: event.type === 'error' ? 1 : 0,
    rageClicks: isRaging ? 1 : 0,
    late: isLate ? 1 : 0,
    bots: 0,
  }
}

/** What programs send is counted apart, and in no other figure. */
function leaveOut({ site, received }: Delivery, at: number, emit: (delta: Delta) => void): FoldOutcome {
  const nothing = { visitor: undefined, values: [], shared: [], visitorIsKnown: false, outsideTotals: false }
  emit({ site, at, received, add: only({ bots: 1 }), ...nothing })
  return 'filtered'
}

function isNew(state: FoldState, site: string, event: TrackedEvent): boolean {
  const key = `${site} ${event.load}`
  const seen = state.loads.get(key)
  if (seen) return seen.add(event.n)
  state.loads.set(key, new IntervalSet([event.n, event.n + 1]))
  return true
}

/**
 * When it happened, on the endpoint's clock: the page's own clock may be wrong, but what passed on it between event
 * and sending is right. Imports say true times.
 */
function eventTime({ received, sentAt }: Delivery, event: TrackedEvent): { at: number; isLate: boolean } {
  if (sentAt === undefined) return { at: event.at, isLate: false }
  const at = Math.min(received - (sentAt - event.at), received)
  return at < received - maxLateMs ? { at: received, isLate: true } : { at, isLate: false }
}

/** Whether the visitor is counted in these cells under the visit's values; from now on it is. */
function isCounted(visit: Visit, at: number, received: number): boolean {
  // As one number: arrival days below 100,000 last until 2243.
  const place = Math.floor(at / hourMs) * 100_000 + Math.floor(received / dayMs)
  if (visit.countedIn === place) return true
  visit.countedIn = place
  return false
}

/**
 * The visit that the event belongs to, begun or extended by it. Events that merely report never begin one, and
 * without visitors (strict sites) there are no visits.
 */
function foldVisit(
  state: FoldState,
  delivery: Delivery,
  event: TrackedEvent,
  browser: Browser,
  at: number,
  emit: (delta: Delta) => void,
): Visit | undefined {
  const { site, visitor, received } = delivery
  if (visitor === undefined) return undefined
  const current = findVisit(state, site, visitor, delivery.previousVisitor, at)
  const { page } = addressOf(event.url)
  const isPageview = event.type === 'pageview'
  const emitVisit = (visit: Visit, add: Counts, values: DimensionValue[]) =>
    emit({
      site,
      at: visit.startedAt,
      received,
      add,
      visitor: undefined,
      values,
      shared: visit.values,
      visitorIsKnown: false,
      outsideTotals: false,
    })
  const emitExit = (visit: Visit, exit: string, visits: number) =>
    emit({
      site,
      at: visit.startedAt,
      received,
      add: only({ visits }),
      visitor: undefined,
      values: [['exit', exit]],
      shared: [],
      visitorIsKnown: false,
      outsideTotals: true,
    })

  if (current && continues(current, at)) {
    if (isImpossible(current, at)) {
      current.lastAt = Math.max(current.lastAt, at)
      return current
    }
    const { visitMs, bounces, previousExit } = extendVisit(current, at, isPageview ? page : undefined)
    if (visitMs !== 0 || bounces !== 0) emitVisit(current, only({ visitMs, bounces }), entryValues(current))
    if (previousExit !== undefined) {
      emitExit(current, previousExit, -1)
      emitExit(current, current.exitPage, 1)
    }
    return current
  }
  if (event.type !== 'pageview' && event.type !== 'click' && event.type !== 'custom') return undefined

  const visit: Visit = {
    startedAt: at,
    firstAt: at,
    lastAt: at,
    pageviews: isPageview ? 1 : 0,
    bounced: isPageview,
    entryPage: page,
    exitPage: page,
    exitAt: at,
    values: [technologyOf(delivery, event, browser), originOf(event)],
    countedIn: 0,
    rateSince: at,
    rateEvents: 1,
    isProgram: false,
    lastClick: undefined,
  }
  // An event from long before the visit that is remembered was a visit of its own; the later one goes on.
  if (!current || at > current.lastAt) state.visits.set(visitKey(site, visitor), visit)
  emitVisit(visit, only({ visits: 1, bounces: isPageview ? 1 : 0 }), [...entryValues(visit), ['exit', page]])
  return visit
}

/** Visits count under the page that they began with, among all pages and among entries. */
function entryValues({ entryPage }: Visit): DimensionValue[] {
  return [
    ['page', entryPage],
    ['entry', entryPage],
  ]
}

/** The visitor's visit, also from before midnight, when the visitor had yesterday's name. */
function findVisit(
  state: FoldState,
  site: string,
  visitor: string,
  previousVisitor: string | undefined,
  at: number,
): Visit | undefined {
  const key = visitKey(site, visitor)
  const visit = state.visits.get(key)
  if (visit || previousVisitor === undefined) return visit
  const previousKey = visitKey(site, previousVisitor)
  const previous = state.visits.get(previousKey)
  if (!previous || !continues(previous, at)) return undefined
  state.visits.delete(previousKey)
  state.visits.set(key, previous)
  return previous
}

function visitKey(site: string, visitor: string): string {
  return `${site} ${visitor}`
}

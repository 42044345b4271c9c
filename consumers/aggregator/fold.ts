/**
 * The fold: from what is known of a shard so far and one more event, what is known then and what changes in the
 * figures (docs/decisions/0003-consumers-are-folds.md). Deterministic in stream order: no clock, no chance, no I/O.
 * The live consumer, Lambda and replay run this same function.
 */
import type { Delivery, TrackedEvent } from '../../stream/event.ts'
import type { RecordHeader } from '../../stream/record.ts'
import { isImpossible, isRage } from './behaviour.ts'
import { type Browser, browserOf } from './browser.ts'
import type { Delta } from './delta.ts'
import { eventValues, targetValue } from './event-values.ts'
import type { FoldState } from './fold-state.ts'
import { IntervalSet } from './interval-set.ts'
import { addressOf } from './place.ts'
import { type Counts, noCounts } from './shapes/cell.ts'
import type { DimensionValue } from './shapes/dimensions.ts'
import type { Segment } from './shapes/segments.ts'
import { visitorHash } from './shapes/visitor-sketch.ts'
import { originOf, technologyOf } from './visit-values.ts'
import { continues, extendVisit, type Visit } from './visits.ts'

/** What became of the events that were folded. */
export type FoldOutcome = 'aggregated' | 'duplicate' | 'filtered'

const hourMs = 3_600_000
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

/**
 * Folds one event; what it changes is handed to `emit`.
 *
 * @param segment the one that the delivery arrived in
 */
export function foldEvent(
  state: FoldState,
  segment: Segment,
  delivery: Delivery,
  event: TrackedEvent,
  emit: (delta: Delta) => void,
): FoldOutcome {
  if (!isNew(state, delivery.site, event)) return 'duplicate'
  const ownTime = eventTime(delivery, event)
  const isLate = isTooLate(delivery, ownTime)
  const at = isLate ? delivery.received : ownTime
  const browser = browserOf(delivery.userAgent)
  if (browser.bot) return leaveOut(delivery, segment, at, emit)
  const visit = foldVisit(state, segment, delivery, event, browser, at, emit)
  if (visit?.isProgram) return leaveOut(delivery, segment, at, emit)

  const values = eventValues(event)
  const isRaging = visit !== undefined && isRage(visit, event, at)
  if (isRaging && event.target) values.push(['rage', targetValue(event.target)])
  const { site, received, visitor } = delivery
  emit({
    site,
    at,
    received,
    segment,
    add: countsOf(event, isLate, isRaging),
    visitor: visitor === undefined ? undefined : visitorHash(visitor),
    values,
    shared: visit?.values ?? [technologyOf(delivery, event, browser)],
    visitorIsKnown: visit !== undefined && isCounted(visit, at, segment),
    outsideTotals: false,
  })
  return 'aggregated'
}

function countsOf({ type, engagedMs }: TrackedEvent, isLate: boolean, isRaging: boolean): Counts {
  const counts = noCounts()
  counts.events = 1
  if (type === 'pageview') counts.pageviews = 1
  else if (type === 'click') counts.clicks = 1
  else if (type === 'error') counts.errors = 1
  if (engagedMs !== undefined) counts.engagedMs = engagedMs
  if (isLate) counts.late = 1
  if (isRaging) counts.rageClicks = 1
  return counts
}

/** What programs send is counted apart, and in no other figure. */
function leaveOut(
  { site, received }: Delivery,
  segment: Segment,
  at: number,
  emit: (delta: Delta) => void,
): FoldOutcome {
  const add = noCounts()
  add.bots = 1
  const nothing = { visitor: undefined, values: [], shared: [], visitorIsKnown: false, outsideTotals: false }
  emit({ site, at, received, segment, add, ...nothing })
  return 'filtered'
}

function isNew(state: FoldState, site: string, event: TrackedEvent): boolean {
  const key = `${site} ${event.load}`
  const seen = state.loads.get(key) ?? 0
  if (typeof seen !== 'number') return seen.add(event.n)
  if (event.n < seen) return false
  const inOrder = event.n === seen
  state.loads.set(key, inOrder ? seen + 1 : new IntervalSet([...(seen > 0 ? [0, seen] : []), event.n, event.n + 1]))
  return true
}

/**
 * When it happened, on the endpoint's clock: the page's own clock may be wrong, but what passed on it between event
 * and sending is right. Imports say true times.
 */
function eventTime({ received, sentAt }: Delivery, event: TrackedEvent): number {
  return sentAt === undefined ? event.at : Math.min(received - (sentAt - event.at), received)
}

/** Whether a time is too long ago to be believed. */
function isTooLate({ received, sentAt }: Delivery, at: number): boolean {
  return sentAt !== undefined && at < received - maxLateMs
}

/** Whether the visitor is counted in these cells under the visit's values; from now on it is. */
function isCounted(visit: Visit, at: number, segment: Segment): boolean {
  // As one number: seconds below 10,000,000,000 last until 2286.
  const place = Math.floor(at / hourMs) * 10_000_000_000 + segment.start / 1000
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
  segment: Segment,
  delivery: Delivery,
  event: TrackedEvent,
  browser: Browser,
  at: number,
  emit: (delta: Delta) => void,
): Visit | undefined {
  const { site, visitor } = delivery
  if (visitor === undefined) return undefined
  const current = findVisit(state, site, visitor, delivery.previousVisitor, at)
  const { page } = addressOf(event.url)
  const isPageview = event.type === 'pageview'
  if (current && continues(current, at)) {
    if (isImpossible(current, at)) {
      current.lastAt = Math.max(current.lastAt, at)
      return current
    }
    const { visitMs, bounces, previousExit } = extendVisit(current, at, isPageview ? page : undefined)
    if (visitMs !== 0 || bounces !== 0)
      emit(visitDelta(delivery, segment, current, visitCounts(0, bounces, visitMs), entryValues(current)))
    if (previousExit !== undefined) {
      emit(exitDelta(delivery, segment, current, previousExit, -1))
      emit(exitDelta(delivery, segment, current, current.exitPage, 1))
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
  emit(
    visitDelta(delivery, segment, visit, visitCounts(1, isPageview ? 1 : 0, 0), [
      ...entryValues(visit),
      ['exit', page],
    ]),
  )
  return visit
}

/** What changes about a visit is added where it began. */
function visitDelta(
  { site, received }: Delivery,
  segment: Segment,
  { startedAt: at, values: shared }: Visit,
  add: Counts,
  values: DimensionValue[],
): Delta {
  const apart = { visitor: undefined, visitorIsKnown: false, outsideTotals: false }
  return { site, at, received, segment, add, values, shared, ...apart }
}

function exitDelta(delivery: Delivery, segment: Segment, visit: Visit, page: string, visits: number): Delta {
  const delta = visitDelta(delivery, segment, visit, visitCounts(visits, 0, 0), [['exit', page]])
  return { ...delta, shared: [], outsideTotals: true }
}

function visitCounts(visits: number, bounces: number, visitMs: number): Counts {
  const counts = noCounts()
  counts.visits = visits
  counts.bounces = bounces
  counts.visitMs = visitMs
  return counts
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

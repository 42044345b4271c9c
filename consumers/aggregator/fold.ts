/**
 * The fold: from what is known of a shard so far and one more event, what is known then and what changes in the
 * figures (docs/decisions/0003-consumers-are-folds.md). Deterministic in stream order: no clock, no chance, no I/O.
 * The live consumer, Lambda and replay run this same function.
 */
import type { Delivery, TrackedEvent } from '../../stream/event.ts'
import type { RecordHeader } from '../../stream/record.ts'
import { isImpossible, isRage } from './behaviour.ts'
import type { Delta } from './delta.ts'
import { DimensionValue, type Values } from './dimension-value.ts'
import { clickedTarget, eventValues } from './event-values.ts'
import type { FoldState } from './fold-state.ts'
import { IntervalSet } from './interval-set.ts'
import type { Page } from './page-values.ts'
import type { Place } from './rules/site-rules.ts'
import { placeOf, type Sender, senderOf } from './sender.ts'
import { type Counts, Tally, tallyOf } from './shapes/cell.ts'
import type { Segment } from './shapes/segments.ts'
import { sharedPair } from './shared-values.ts'
import { technologyOf } from './visit-values.ts'
import { continues, extendVisit, type Visit } from './visits.ts'

/** What became of the events that were folded. */
export type FoldOutcome = 'aggregated' | 'duplicate' | 'filtered'

const hourMs = 3_600_000
/** Later than this an event's own time is not believed: it counts when it arrived. */
const maxLateMs = 72 * hourMs
/** They are of no site. */
const producers = ''

/** @returns whether this batch is new; a second copy of it is to be left out whole */
export function foldRecord(state: FoldState, header: RecordHeader): boolean {
  state.sender = undefined
  state.producers.advance(header.createdAt)
  state.loads.advance(header.createdAt)
  state.visits.advance(header.createdAt)
  const seen = state.producers.get(producers, header.producerId) ?? new IntervalSet()
  state.producers.set(producers, header.producerId, seen)
  return seen.add(header.producerSequence)
}

/**
 * Folds one event; what it changes is handed to `emit`.
 *
 * @param segment the one that the delivery arrived in, with the rules by which it counts
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
  const sender = senderOf(state, delivery, segment)
  if (sender.browser.bot) return leaveOut(sender, at, emit)
  const place = placeOf(sender, event.url)
  // One's own people count nowhere, not even as programs do.
  if (sender.isInternal || place.isInternal) return 'filtered'
  const visit = foldVisit(state, sender, event, place, at, emit)
  if (visit?.isProgram) return leaveOut(sender, at, emit)

  const target = clickedTarget(event, place)
  const values = eventValues(event, place, target)
  const isRaging = visit !== undefined && target !== undefined && isRage(visit, target.name, at)
  emit({
    site: delivery.site,
    at,
    received: delivery.received,
    segment,
    add: countsOf(event, isLate, isRaging),
    visitor: sender.visitorHash,
    values: isRaging ? [...values, new DimensionValue('rage', target.name)] : values,
    shared: visit?.values ?? sharedPair(technologyOf(delivery, event, sender.browser)),
    visitorIsKnown: visit !== undefined && isCounted(visit, at, segment),
    outsideTotals: false,
    beside: nothing,
    visit,
  })
  return 'aggregated'
}

/** Of nearly all events. Made once: nobody writes into what a delta adds. */
const plainCounts: Readonly<Record<TrackedEvent['type'], Readonly<Counts>>> = {
  pageview: tallyOf({ events: 1, pageviews: 1 }),
  click: tallyOf({ events: 1, clicks: 1 }),
  error: tallyOf({ events: 1, errors: 1 }),
  engagement: tallyOf({ events: 1 }),
  custom: tallyOf({ events: 1 }),
  vital: tallyOf({ events: 1 }),
}

function countsOf({ type, engagedMs }: TrackedEvent, isLate: boolean, isRaging: boolean): Readonly<Counts> {
  const plain = plainCounts[type]
  if (engagedMs === undefined && !isLate && !isRaging) return plain
  return tallyOf({ ...plain, engagedMs: engagedMs ?? 0, late: Number(isLate), rageClicks: Number(isRaging) })
}

const nothing: Values = []
const ofPrograms: Readonly<Counts> = tallyOf({ bots: 1 })

/** What programs send is counted apart, and in no other figure. */
function leaveOut({ delivery, segment }: Sender, at: number, emit: (delta: Delta) => void): FoldOutcome {
  const { site, received } = delivery
  const nameless = { visitor: undefined, values: nothing, shared: undefined, visitorIsKnown: false }
  const ofNoVisit = { outsideTotals: false, beside: nothing, visit: undefined }
  emit({ site, at, received, segment, add: ofPrograms, ...nameless, ...ofNoVisit })
  return 'filtered'
}

function isNew(state: FoldState, site: string, { load, n }: TrackedEvent): boolean {
  const seen = state.loads.get(site, load) ?? 0
  if (typeof seen !== 'number') return seen.add(n)
  if (n < seen) return false
  state.loads.set(site, load, n === seen ? seen + 1 : new IntervalSet([...(seen > 0 ? [0, seen] : []), n, n + 1]))
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
  sender: Sender,
  event: TrackedEvent,
  place: Place,
  at: number,
  emit: (delta: Delta) => void,
): Visit | undefined {
  const { delivery, rules, browser } = sender
  if (delivery.visitor === undefined) return undefined
  const current = findVisit(state, sender, delivery.visitor, at)
  const { page } = place
  const isPageview = event.type === 'pageview'
  if (current && continues(current, at, rules.visitTimeoutMs)) {
    if (isImpossible(current, at)) {
      current.lastAt = Math.max(current.lastAt, at)
      return current
    }
    const { visitMs, bounces, previousExit } = extendVisit(current, at, isPageview ? page : undefined)
    if (visitMs !== 0 || bounces !== 0)
      emit(visitDelta(sender, current, visitCounts(bounces, visitMs), current.entryPage.entered))
    if (previousExit !== undefined) {
      emit(exitDelta(sender, current, previousExit, oneVisitLess))
      emit(exitDelta(sender, current, current.exitPage, oneVisit))
    }
    return current
  }
  if (event.type !== 'pageview' && event.type !== 'click' && event.type !== 'custom') return undefined

  const visit: Visit = {
    startedAt: at,
    startedBy: sender.visitorHash ?? 0,
    firstAt: at,
    lastAt: at,
    pageviews: isPageview ? 1 : 0,
    bounced: isPageview,
    entryPage: page,
    exitPage: page,
    exitAt: at,
    values: sharedPair(technologyOf(delivery, event, browser), rules.originOf(place, event.referrer)),
    countedIn: 0,
    rateSince: at,
    rateEvents: 1,
    isProgram: false,
    lastClick: undefined,
  }
  // An event from long before the visit that is remembered was a visit of its own; the later one goes on.
  if (!current || at > current.lastAt) {
    state.visits.set(delivery.site, delivery.visitor, visit)
    sender.visit = visit
  }
  emit(visitDelta(sender, visit, isPageview ? oneBounce : oneVisit, page.begun))
  return visit
}

/** What changes about a visit is added where it began. */
function visitDelta({ delivery, segment }: Sender, visit: Visit, add: Readonly<Counts>, values: Values): Delta {
  return {
    site: delivery.site,
    at: visit.startedAt,
    received: delivery.received,
    segment,
    add,
    visitor: undefined,
    values,
    shared: visit.values,
    visitorIsKnown: false,
    outsideTotals: false,
    beside: nothing,
    visit,
  }
}

function exitDelta(sender: Sender, visit: Visit, page: Page, add: Readonly<Counts>): Delta {
  const delta = visitDelta(sender, visit, add, page.left)
  delta.outsideTotals = true
  delta.beside = visit.entryPage.entered
  return delta
}

const oneVisit: Readonly<Counts> = tallyOf({ visits: 1 })
const oneVisitLess: Readonly<Counts> = tallyOf({ visits: -1 })
/** A visit is one until a second page is viewed. */
const oneBounce: Readonly<Counts> = tallyOf({ visits: 1, bounces: 1 })

function visitCounts(bounces: number, visitMs: number): Counts {
  const counts = new Tally()
  counts.bounces = bounces
  counts.visitMs = visitMs
  return counts
}

/** The visitor's visit, also from before midnight, when the visitor had yesterday's name. */
function findVisit(state: FoldState, sender: Sender, visitor: string, at: number): Visit | undefined {
  if (sender.visit !== undefined) return sender.visit
  const { site, previousVisitor } = sender.delivery
  sender.visit = state.visits.get(site, visitor)
  if (sender.visit !== undefined || previousVisitor === undefined) return sender.visit
  const previous = state.visits.get(site, previousVisitor)
  if (!previous || !continues(previous, at, sender.rules.visitTimeoutMs)) return undefined
  state.visits.delete(site, previousVisitor)
  state.visits.set(site, visitor, previous)
  sender.visit = previous
  return previous
}

/**
 * The fold: from what is known of a shard so far and one more event, what is known then and what changes in the
 * figures (docs/decisions/0003-consumers-are-folds.md). Deterministic in stream order: no clock, no chance, no I/O.
 * The live consumer, Lambda and replay run this same function.
 */
import type { Delivery, TrackedEvent } from '../../stream/event.ts'
import type { RecordHeader } from '../../stream/record.ts'
import { AgingMap } from './aging-map.ts'
import { type Browser, browserOf } from './browser.ts'
import { IntervalSet } from './interval-set.ts'
import { campaignOf, pageOf, sourceOf } from './place.ts'
import type { Count, Dimension } from './shapes/cell.ts'
import { visitorHash } from './shapes/visitor-sketch.ts'
import { continues, extendVisit, type Visit } from './visits.ts'

/** A change to the figures of one site at one time, in the totals and under each of the named values. */
export type Delta = {
  site: string
  /** Event time that chooses the buckets. */
  at: number
  /** When the endpoint received it: chooses the arrival segment. */
  received: number
  /** Counted among the visitors, if given. */
  visitor?: number
  add: Partial<Record<Count, number>>
  values: [Dimension, string][]
}

/** What became of the events that were folded. */
export type FoldOutcome = 'aggregated' | 'duplicate' | 'filtered'

/** What the fold remembers of a shard, all of it bounded (see AgingMap). */
export class FoldState {
  /** Batches seen, by producer: a retried batch is the same number again. */
  readonly producers = new AgingMap<IntervalSet>(24 * hourMs, 10_000)
  /** Events seen, by site and page load. */
  readonly loads = new AgingMap<IntervalSet>(24 * hourMs, 1_000_000)
  /** The latest visit of each visitor, by site and visitor. */
  readonly visits = new AgingMap<Visit>(2 * hourMs, 1_000_000)
}

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

/** Folds one event; what it changes is handed to `emit`. */
export function foldEvent(
  state: FoldState,
  delivery: Delivery,
  event: TrackedEvent,
  emit: (delta: Delta) => void,
): FoldOutcome {
  if (!isNew(state, delivery.site, event)) return 'duplicate'
  const browser = browserOf(delivery.userAgent)
  if (browser.bot) return 'filtered'

  const at = eventTime(delivery, event)
  const { site, received } = delivery
  const visit = foldVisit(state, delivery, event, browser, at, emit)
  const values: [Dimension, string][] = [['page', pageOf(event.url)], ...technology(delivery, browser)]
  if (visit) values.push(...origin(visit))
  if (event.type === 'click' && event.target) values.push(['target', targetValue(event)])
  if (event.type === 'custom' && event.name) values.push(['event', event.name])
  emit({
    site,
    at,
    received,
    ...(delivery.visitor !== undefined && { visitor: visitorHash(delivery.visitor) }),
    add: {
      events: 1,
      ...(event.type === 'pageview' && { pageviews: 1 }),
      ...(event.type === 'click' && { clicks: 1 }),
      ...(event.engagedMs && { engagedMs: event.engagedMs }),
    },
    values,
  })
  return 'aggregated'
}

function isNew(state: FoldState, site: string, event: TrackedEvent): boolean {
  const key = `${site} ${event.load}`
  const seen = state.loads.get(key) ?? new IntervalSet()
  state.loads.set(key, seen)
  return seen.add(event.n)
}

/**
 * When it happened, on the endpoint's clock: the page's own clock may be wrong, but what passed on it between event
 * and sending is right. Imports say true times.
 */
function eventTime({ received, sentAt }: Delivery, event: TrackedEvent): number {
  if (sentAt === undefined) return event.at
  const at = Math.min(received - (sentAt - event.at), received)
  return at < received - maxLateMs ? received : at
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
  const isPageview = event.type === 'pageview'
  const emitVisit = (visit: Visit, add: Delta['add']) =>
    emit({
      site,
      at: visit.startedAt,
      received,
      add,
      values: [['page', visit.entryPage], ...technology(delivery, browser), ...origin(visit)],
    })

  if (current && continues(current, at)) {
    const { visitMs, bounces } = extendVisit(current, at, isPageview)
    if (visitMs !== 0 || bounces !== 0) emitVisit(current, { visitMs, bounces })
    return current
  }
  if (event.type !== 'pageview' && event.type !== 'click' && event.type !== 'custom') return undefined

  const visit: Visit = {
    startedAt: at,
    firstAt: at,
    lastAt: at,
    pageviews: isPageview ? 1 : 0,
    bounced: isPageview,
    entryPage: pageOf(event.url),
    source: sourceOf(event.url, event.referrer),
    campaign: campaignOf(event.url),
  }
  // An event from long before the visit that is remembered was a visit of its own; the later one goes on.
  if (!current || at > current.lastAt) state.visits.set(visitKey(site, visitor), visit)
  emitVisit(visit, { visits: 1, bounces: isPageview ? 1 : 0 })
  return visit
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

function technology(delivery: Delivery, browser: Browser): [Dimension, string][] {
  return [
    ['browser', browser.browser],
    ['os', browser.os],
    ['device', browser.device],
    ['country', delivery.country ?? ''],
  ]
}

function origin(visit: Visit): [Dimension, string][] {
  const source: [Dimension, string] = ['referrer', visit.source]
  return visit.campaign ? [source, ['campaign', visit.campaign]] : [source]
}

/** What people see of a target, and where it is: `text NUL selector`, or the selector alone. */
function targetValue(event: TrackedEvent): string {
  const { text = '', selector = '' } = event.target ?? {}
  return text ? `${text}\u0000${selector}` : selector
}

/**
 * What the stream holds, set against what was acknowledged: pure. Records are handed in, in stream order; the verdict
 * is asked for at the end.
 */
import type { Delivery } from '../../stream/event.ts'
import type { DecodedRecord } from '../../stream/record.ts'
import { type EventKey, EventSet } from './event-set.ts'

/** What the dashboards should show for a site: events that count once however often they are stored. */
export type SiteFigures = {
  events: number
  pageviews: number
  clicks: number
  /** Of the earliest and the latest event, epoch milliseconds. */
  firstAt: number
  lastAt: number
}

export type StoredVerdict = {
  /** Events that were acknowledged. */
  acknowledged: number
  /** Different events that are stored. */
  stored: number
  /** Acknowledged, and not stored: the promise is broken. */
  lost: number
  /** Some of them. */
  lostExamples: EventKey[]
  /** Stored copies beyond the first: what consumers have to leave out. */
  duplicated: number
  /** Stored, and never acknowledged: allowed, since an answer can be lost after the write. */
  unacknowledged: number
  /** Events that a visitor sent before others, and that are stored after them. */
  outOfOrder: number
  /** Records that could not be read. */
  undecodable: number
}

const maxExamples = 5
/** Events later than this are put at their receipt, as the aggregator does (consumers/aggregator/fold.ts). */
const maxLateMs = 72 * 3_600_000

export class StoredTally {
  readonly #acknowledged: EventSet
  readonly #stored = new EventSet()
  readonly #figures = new Map<string, SiteFigures>()
  /** Latest receipt among a visitor's events so far, by site and visitor. */
  readonly #latestReceipt = new Map<string, number>()
  #duplicated = 0
  #outOfOrder = 0
  #undecodable = 0

  constructor(acknowledged: EventSet) {
    this.#acknowledged = acknowledged
  }

  add({ deliveries }: Pick<DecodedRecord, 'deliveries'>): void {
    for (const delivery of deliveries) {
      const fresh = delivery.events.filter(({ load, n }) => this.#stored.add(delivery.site, load, n))
      this.#duplicated += delivery.events.length - fresh.length
      if (fresh.length === 0) continue
      this.#count(delivery, fresh)
      // Second copies are no news of the visitor, and may well come late.
      if (this.#isLate(delivery)) this.#outOfOrder += fresh.length
    }
  }

  addUndecodable(): void {
    this.#undecodable += 1
  }

  /** By site, of what was handed in so far. */
  figures(): Map<string, SiteFigures> {
    return structuredClone(this.#figures)
  }

  verdict(): StoredVerdict {
    const lostExamples: EventKey[] = []
    let lost = 0
    for (const event of this.#acknowledged) {
      if (this.#stored.has(event.site, event.load, event.n)) continue
      lost += 1
      if (lostExamples.length < maxExamples) lostExamples.push(event)
    }
    return {
      acknowledged: this.#acknowledged.size,
      stored: this.#stored.size,
      lost,
      lostExamples,
      duplicated: this.#duplicated,
      unacknowledged: this.#stored.size - (this.#acknowledged.size - lost),
      outOfOrder: this.#outOfOrder,
      undecodable: this.#undecodable,
    }
  }

  #count({ site, received, sentAt }: Delivery, fresh: Delivery['events']): void {
    const none = { events: 0, pageviews: 0, clicks: 0, firstAt: Number.POSITIVE_INFINITY, lastAt: 0 }
    const figures = this.#figures.get(site) ?? none
    this.#figures.set(site, figures)
    for (const { type, at } of fresh) {
      figures.events += 1
      if (type === 'pageview') figures.pageviews += 1
      if (type === 'click') figures.clicks += 1
      const corrected = sentAt === undefined ? at : Math.min(received - (sentAt - at), received)
      const counted = sentAt !== undefined && corrected < received - maxLateMs ? received : corrected
      figures.firstAt = Math.min(figures.firstAt, counted)
      figures.lastAt = Math.max(figures.lastAt, counted)
    }
  }

  #isLate({ site, visitor, received }: Delivery): boolean {
    if (visitor === undefined) return false
    const key = `${site} ${visitor}`
    const latest = this.#latestReceipt.get(key) ?? received
    this.#latestReceipt.set(key, Math.max(latest, received))
    return received < latest
  }
}

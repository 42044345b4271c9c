/**
 * What a page reports, and what the endpoint makes of it.
 *
 * A page posts `TrackedEvent`s; the endpoint checks them, adds what only it knows (visitor, receipt time,
 * browser, country) and puts them into the stream as `Delivery`s: what one request brought from one visitor.
 */

export const eventTypes = ['pageview', 'click', 'engagement', 'custom', 'vital', 'error'] as const
export type EventType = (typeof eventTypes)[number]

/** Where a click landed. Positions are CSS pixels: in the element, the viewport (`vw`, `vh`) and the page. */
export type ClickTarget = {
  selector: string
  text?: string
  href?: string
  x?: number
  y?: number
  vw?: number
  vh?: number
  pageX?: number
  pageY?: number
  docW?: number
  docH?: number
}

export type EventProps = Record<string, string | number | boolean>

/** One event of one page load. `(load, n)` is its identity: the same pair counts once, however often it arrives. */
export type TrackedEvent = {
  type: EventType
  /** The page load: 16 hex digits, made by the page. */
  load: string
  /** Counts the events of a page load from 0; gaps measure what the browser lost. */
  n: number
  /** Epoch milliseconds on the page's clock, which may be wrong. */
  at: number
  /** The page, without fragment and without query parameters that are not campaign tags. */
  url: string
  referrer?: string
  title?: string
  /** Name of a custom event, a vital (LCP, INP, …) or an error. */
  name?: string
  props?: EventProps
  target?: ClickTarget
  /** Milliseconds that the page was visible and in use since the last report. */
  engagedMs?: number
  /** Deepest scroll position, percent of the page's height. */
  scroll?: number
  /** Viewport, CSS pixels. */
  vw?: number
  vh?: number
}

/** What one request brought from one visitor: the unit that records are made of. */
export type Delivery = {
  site: string
  /**
   * 16 hex digits: a hash of address and browser under the salt of the day, or of some weeks where a site remembers its
   * visitors (remembered.ts). Absent where a site wants no visitors.
   */
  visitor?: string
  /** The same under the salt before, while a visit may still go on across the midnight at which names changed. */
  previousVisitor?: string
  /** When the endpoint had the whole request: epoch milliseconds on its clock. */
  received: number
  /** The page's clock when it posted, so that a wrong clock cancels out. Absent on imports: their `at` is true. */
  sentAt?: number
  userAgent: string
  /** ISO 3166-1 alpha-2. */
  country?: string
  /** ISO 3166-2 without the country, such as `BE`. */
  region?: string
  /** BCP 47 primary language. */
  language?: string
  /** What the page calls whoever sends this, such as `office`: 1 to 64 printable characters (tag.ts). */
  tag?: string
  /** 4 hex digits: a hash of the sender's network, the same on every day. Absent but for sites that ask for it. */
  network?: string
  /** The sender's own trace id (32 hex digits), if it sent one; else the record's is that of the request. */
  trace?: string
  events: TrackedEvent[]
}

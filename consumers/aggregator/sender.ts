/**
 * What is the same for all events of a delivery: who sent them, and by which rules they count. Found once, and kept in
 * the state while the fold is at that delivery.
 */
import type { Delivery } from '../../stream/event.ts'
import type { Browser } from './browser.ts'
import type { FoldState } from './fold-state.ts'
import { usualRules } from './rules/rules.ts'
import type { Place, SiteRules } from './rules/site-rules.ts'
import type { Segment } from './shapes/segments.ts'
import { visitorHash } from './shapes/visitor-sketch.ts'
import type { Visit } from './visits.ts'

export type Sender = {
  readonly delivery: Delivery
  readonly segment: Segment
  readonly rules: SiteRules
  readonly browser: Browser
  readonly isInternal: boolean
  /** As sketches take it. */
  readonly visitorHash: number | undefined
  /** The visitor's latest visit, once it is found. */
  visit: Visit | undefined
  /** The address that was asked for last, which mostly is asked for again. */
  url: string
  place: Place | undefined
}

export function senderOf(state: FoldState, delivery: Delivery, segment: Segment): Sender {
  const last = state.sender
  if (last !== undefined && last.delivery === delivery && last.segment === segment) return last
  const rules = (segment.rules ?? usualRules).of(delivery.site)
  const { visitor } = delivery
  const sender: Sender = {
    delivery,
    segment,
    rules,
    browser: rules.browserOf(delivery.userAgent),
    isInternal: rules.internalBy(delivery) !== undefined,
    visitorHash: visitor === undefined ? undefined : visitorHash(visitor),
    visit: undefined,
    url: '',
    place: undefined,
  }
  state.sender = sender
  return sender
}

export function placeOf(sender: Sender, url: string): Place {
  if (sender.place !== undefined && sender.url === url) return sender.place
  const place = sender.rules.placeOf(url)
  sender.url = url
  sender.place = place
  return place
}

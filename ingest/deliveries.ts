/**
 * From a request's events to the entries that the producer stores: each event is checked, the good ones are
 * stored as they are, the bad ones are named.
 */
import type { Delivery, TrackedEvent } from '../stream/event.ts'
import { limits } from '../stream/limits.ts'
import { checkEvent, type Rejection, tooLarge } from '../stream/validate.ts'

export type Rejected = Rejection & { index: number }
/** A good event with its place in the request. */
export type GoodEvent = { index: number; event: TrackedEvent }
export type CheckedEvents = { good: GoodEvent[]; rejected: Rejected[] }

/** The events of one delivery as JSON texts with commas between them, UTF-8. */
export type WrittenEvents = { events: Uint8Array; eventCount: number }
/** A delivery as JSON text: what is said once for all of its events, up to their opening bracket, and the events. */
export type Entry = WrittenEvents & { opening: string; bytes: number }

type Context = Omit<Delivery, 'events'>
/** What is said once for all events of a delivery; what is undefined is not said, as in JSON. */
export type DeliveryContext = {
  [Field in keyof Context]: undefined extends Context[Field] ? Context[Field] | undefined : Context[Field]
}

/**
 * Size at which a request is cut into several deliveries. With batches of at most 512 KiB (RETRACE_MAX_BATCH_BYTES)
 * and one such delivery on top, a record stays below Kinesis' 1 MiB even when nothing in it can be compressed.
 */
const maxDeliveryBytes = 128 * 1024

export function checkEvents(events: readonly unknown[], keepParams: readonly string[]): CheckedEvents {
  const checked: CheckedEvents = { good: [], rejected: [] }
  let index = 0
  for (const value of events) {
    const check = checkEvent(value, keepParams)
    if (check.ok) checked.good.push({ index, event: check.event })
    else checked.rejected.push({ index, code: check.code, message: check.message })
    index++
  }
  return checked
}

/** @returns the events of one delivery or several, and those that turned out to be larger than one may be */
export function writeEvents(good: readonly GoodEvent[]): { written: WrittenEvents[]; rejected: Rejected[] } {
  const written: WrittenEvents[] = []
  const rejected: Rejected[] = []
  let texts: string[] = []
  let bytes = 0
  const close = () => {
    if (texts.length > 0) written.push({ events: Buffer.from(texts.join(',')), eventCount: texts.length })
    texts = []
    bytes = 0
  }
  for (const { index, event } of good) {
    const json = JSON.stringify(event)
    const eventBytes = Buffer.byteLength(json)
    if (eventBytes > limits.eventBytes) {
      rejected.push({ index, ...tooLarge })
      continue
    }
    if (bytes + eventBytes > maxDeliveryBytes) close()
    texts.push(json)
    bytes += eventBytes
  }
  close()
  return { written, rejected }
}

export function toEntry(context: DeliveryContext, { events, eventCount }: WrittenEvents): Entry {
  const opening = `${JSON.stringify(context).slice(0, -1)},"events":[`
  return { opening, events, eventCount, bytes: Buffer.byteLength(opening) + events.length }
}

/**
 * From a request's events to the entries that the producer stores: each event is checked, the good ones are
 * stored as they are, the bad ones are named.
 */
import type { Delivery, TrackedEvent } from '../stream/event.ts'
import { limits } from '../stream/limits.ts'
import { checkEvent, type Rejection, tooLarge } from '../stream/validate.ts'
import type { Entry } from './batch.ts'

export type Rejected = Rejection & { index: number }
/** A good event with its place in the request. */
export type GoodEvent = { index: number; event: TrackedEvent }
export type CheckedEvents = { good: GoodEvent[]; rejected: Rejected[] }

/** What is said once for all events of a delivery. */
export type DeliveryContext = Omit<Delivery, 'events'>

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

/**
 * @param good at least one event
 * @returns what is to be stored, and those events that turned out to be larger than one may be
 */
export function toEntries(
  context: DeliveryContext,
  good: readonly GoodEvent[],
): { entries: Entry[]; rejected: Rejected[] } {
  // Usually all of them together are smaller than one may be, and are written in one go.
  const json = JSON.stringify({ ...context, events: good.map(({ event }) => event) })
  const bytes = Buffer.byteLength(json)
  if (bytes <= limits.eventBytes) return { entries: [{ json, bytes, eventCount: good.length }], rejected: [] }
  return toSeveralEntries(context, good)
}

function toSeveralEntries(
  context: DeliveryContext,
  good: readonly GoodEvent[],
): { entries: Entry[]; rejected: Rejected[] } {
  const opening = `${JSON.stringify(context).slice(0, -1)},"events":[`
  const entries: Entry[] = []
  const rejected: Rejected[] = []
  let events: string[] = []
  let bytes = 0
  const close = () => {
    if (events.length === 0) return
    const json = `${opening}${events.join(',')}]}`
    entries.push({ json, bytes: Buffer.byteLength(json), eventCount: events.length })
    events = []
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
    events.push(json)
    bytes += eventBytes
  }
  close()
  return { entries, rejected }
}

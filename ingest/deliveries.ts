/**
 * From a request's events to the entries that the producer stores: each event is checked, the good ones are
 * stored as they are, the bad ones are named.
 */
import type { Delivery } from '../stream/event.ts'
import { checkEvent, type Rejection } from '../stream/validate.ts'
import type { Entry } from './batch.ts'

export type Rejected = Rejection & { index: number }
export type CheckedEvents = {
  /** Each good event as it will be stored, with its place in the request. */
  good: { index: number; at: number; json: string }[]
  rejected: Rejected[]
}

/** What is said once for all events of a delivery. */
export type DeliveryContext = Omit<Delivery, 'events'>

/**
 * Size at which a request is cut into several deliveries. With batches of at most 512 KiB (RETRACE_MAX_BATCH_BYTES)
 * and one such delivery on top, a record stays below Kinesis' 1 MiB even when nothing in it can be compressed.
 */
const maxDeliveryBytes = 128 * 1024

export function checkEvents(events: readonly unknown[], keepParams: readonly string[]): CheckedEvents {
  const checked: CheckedEvents = { good: [], rejected: [] }
  for (const [index, value] of events.entries()) {
    const check = checkEvent(value, keepParams)
    if (check.ok) checked.good.push({ index, at: check.event.at, json: check.json })
    else checked.rejected.push({ index, code: check.code, message: check.message })
  }
  return checked
}

/** @param events JSON texts, at least one, each below `maxDeliveryBytes` */
export function toEntries(context: DeliveryContext, events: readonly string[]): Entry[] {
  const opening = `${JSON.stringify(context).slice(0, -1)},"events":[`
  const entries: Entry[] = []
  let from = 0
  let bytes = 0
  const close = (to: number) => {
    const json = `${opening}${events.slice(from, to).join(',')}]}`
    entries.push({ json, bytes: Buffer.byteLength(json), eventCount: to - from })
    from = to
    bytes = 0
  }
  for (const [i, event] of events.entries()) {
    const eventBytes = Buffer.byteLength(event)
    if (bytes > 0 && bytes + eventBytes > maxDeliveryBytes) close(i)
    bytes += eventBytes
  }
  close(events.length)
  return entries
}

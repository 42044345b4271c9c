/** Factories: a good event, a good delivery, with whatever a test wants different. */
import { type Entry, toEntry } from '../../ingest/deliveries.ts'
import type { Delivery, TrackedEvent } from '../../stream/event.ts'
import { encodeRecord, type RecordHeader } from '../../stream/record.ts'

export const chrome =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36'

/** Noon of a day without a clock change, so that nothing crosses midnight by accident. */
export const noon = Date.parse('2026-03-10T12:00:00Z')

export function anEvent(different: Partial<TrackedEvent> = {}): TrackedEvent {
  return {
    type: 'pageview',
    load: '00112233445566ff',
    n: 0,
    at: noon,
    url: 'https://shop.example/plants/fern',
    ...different,
  }
}

export function aClick(different: Partial<TrackedEvent> = {}): TrackedEvent {
  return anEvent({ type: 'click', target: { selector: '#buy', text: 'Buy' }, ...different })
}

export function aDelivery(different: Partial<Delivery> = {}): Delivery {
  const events = different.events ?? [anEvent()]
  const at = events[0]?.at ?? noon
  return {
    site: 'demo',
    visitor: 'a1b2c3d4e5f60718',
    received: at + 60,
    sentAt: at + 10,
    userAgent: chrome,
    ...different,
    events,
  }
}

/** A delivery as the producer takes it. */
export function anEntry({ events, ...context }: Delivery): Entry {
  const texts = events.map((event) => JSON.stringify(event))
  return toEntry(context, { events: Buffer.from(texts.join(',')), eventCount: events.length })
}

/** A record as a producer of one lane makes it; by default its first. */
export function aRecord(deliveries: Delivery[], different: Partial<RecordHeader> = {}): Buffer {
  const header: RecordHeader = {
    producerId: '0123456789abcdef',
    producerSequence: 0,
    traceId: '0'.repeat(32),
    createdAt: deliveries[0]?.received ?? noon,
    eventCount: deliveries.reduce((sum, { events }) => sum + events.length, 0),
    ...different,
  }
  return encodeRecord(header, Buffer.from(JSON.stringify(deliveries)))
}

/** Some of the past, straight into the stream: the detector needs something to compare with. */
import { PutRecordsCommand } from '@aws-sdk/client-kinesis'
import type { ConsumerEnvironment } from '../../consumers/runtime/process.ts'
import type { Delivery } from '../../stream/event.ts'
import { encodeRecord } from '../../stream/record.ts'
import { browser, hex, pageview, sites } from './events.ts'

/** Minutes of the past, before a flood and after it: the detector tells nothing in its first hour, and little in its second. */
const quietMinutes = { before: 110, after: 4 }
const quietPageviews = 2
const flood = { minutes: 3, pageviews: 60 }
/** It lies in the hour that the ledger's watch looks at (consumers/ledger-watch/account.ts). */
const floodMinutesAgo = 65
const minuteMs = 60_000

export const floodPageviews = flood.pageviews
export const historyEvents =
  (quietMinutes.before + quietMinutes.after) * quietPageviews + flood.minutes * flood.pageviews

/** @returns from when until when the flood is */
export function floodOf(now: number): { from: number; to: number } {
  const from = Math.floor(now / minuteMs) * minuteMs - floodMinutesAgo * minuteMs
  return { from, to: from + flood.minutes * minuteMs }
}

/** Its page views by minute, and their sum in a part of it. */
function minutesOf(now: number): { at: number; pageviews: number }[] {
  const { from, to } = floodOf(now)
  const minutes = quietMinutes.before + flood.minutes + quietMinutes.after
  return Array.from({ length: minutes }, (_, minute) => {
    const at = from + (minute - quietMinutes.before) * minuteMs
    return { at, pageviews: at >= from && at < to ? flood.pageviews : quietPageviews }
  })
}

export function historyEventsIn(now: number, range: { from: number; to: number }): number {
  const within = minutesOf(now).filter(({ at }) => at >= range.from && at < range.to)
  return within.reduce((sum, { pageviews }) => sum + pageviews, 0)
}

/**
 * Page views of two hours, as an endpoint would have put them: a record a minute, all in the shard of the lowest keys.
 */
export async function sendHistory({ clients, settings }: ConsumerEnvironment, now: number): Promise<void> {
  const Records = []
  for (const [number, { at: received, pageviews }] of minutesOf(now).entries()) {
    const deliveries = Array.from({ length: pageviews }, (_, index): Delivery => {
      const id = hex(16, number * 1000 + index)
      return {
        site: sites.flooded,
        visitor: id,
        received,
        sentAt: received,
        userAgent: browser(100 + (index % 30)),
        events: [pageview(id, received, '/offer')],
      }
    })
    const header = {
      producerId: hex(16, now),
      producerSequence: number,
      traceId: hex(32, now + number),
      createdAt: received,
      eventCount: deliveries.length,
    }
    const Data = encodeRecord(header, Buffer.from(JSON.stringify(deliveries)))
    Records.push({ Data, PartitionKey: sites.flooded, ExplicitHashKey: '0' })
  }
  const answer = await clients.kinesis.send(new PutRecordsCommand({ StreamName: settings.RETRACE_STREAM, Records }))
  if (answer.FailedRecordCount)
    throw new Error(`Kinesis refused ${answer.FailedRecordCount} of ${Records.length} records`)
}

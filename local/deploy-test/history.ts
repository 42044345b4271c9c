/** Some of the past, straight into the stream: the detector needs something to compare with. */
import { PutRecordsCommand } from '@aws-sdk/client-kinesis'
import type { ConsumerEnvironment } from '../../consumers/runtime/process.ts'
import type { Delivery } from '../../stream/event.ts'
import { encodeRecord } from '../../stream/record.ts'
import { browser, hex, pageview, sites } from './events.ts'

/** Minutes of the past, before a minute with a flood and after it: the detector judges a minute once a later one began. */
const quietMinutes = { before: 40, after: 4 }
const quietPageviews = 2
export const floodPageviews = 60
/** All of it lies in the hour that the ledger's watch looks at (consumers/ledger-watch/account.ts). */
const floodMinutesAgo = 65
const minuteMs = 60_000

/** @returns start of the minute with the flood */
export const floodAt = (now: number) => Math.floor(now / minuteMs) * minuteMs - floodMinutesAgo * minuteMs

export const historyEvents = (quietMinutes.before + quietMinutes.after) * quietPageviews + floodPageviews

/**
 * Page views of three quarters of an hour, as an endpoint would have put them: a record a minute, all in the
 * shard of the lowest keys.
 */
export async function sendHistory({ clients, settings }: ConsumerEnvironment, now: number): Promise<void> {
  const flood = floodAt(now)
  const Records = []
  for (let minute = -quietMinutes.before; minute <= quietMinutes.after; minute += 1) {
    const received = flood + minute * minuteMs
    const number = minute + quietMinutes.before
    const pageviews = minute === 0 ? floodPageviews : quietPageviews
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

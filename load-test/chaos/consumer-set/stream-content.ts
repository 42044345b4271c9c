/** What consumers have to have read: every event by its place, and where each shard ends. */
import type { KinesisClient } from '@aws-sdk/client-kinesis'
import { decodeRecord } from '../../../stream/record.ts'
import { placeKey } from '../../reconcile/read-archive.ts'
import { readStream } from '../../reconcile/read-stream.ts'

export type StreamContent = {
  /** By place: `load n`. */
  events: Map<string, string>
  /** The last sequence number of each shard that holds records. */
  ends: Map<string, string>
  /** When the newest record was made, epoch milliseconds. */
  newestAt: number
}

/** Nothing should be put into the stream meanwhile. */
export async function readContent(client: KinesisClient, stream: string): Promise<StreamContent> {
  const content: StreamContent = { events: new Map(), ends: new Map(), newestAt: 0 }
  for await (const { shardId, sequenceNumber, data } of readStream(client, stream)) {
    content.ends.set(shardId, sequenceNumber)
    const record = decodeRecord(data)
    if (!record.ok) continue
    content.newestAt = Math.max(content.newestAt, record.header.createdAt)
    const events = record.deliveries.flatMap((delivery) => delivery.events)
    for (const [i, { load, n }] of events.entries())
      content.events.set(placeKey(shardId, sequenceNumber, i), `${load} ${n}`)
  }
  return content
}

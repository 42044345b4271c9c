/** The real endpoint in this process, over the embedded stores, and what it has made durable. */
import { KinesisClient } from '@aws-sdk/client-kinesis'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { pino } from 'pino'
import { createShardReader } from '../../consumers/runtime/shard-reader.ts'
import { composeIngest } from '../../ingest/compose.ts'
import type { TrackedEvent } from '../../stream/event.ts'
import { decodeRecord } from '../../stream/record.ts'
import { startStores } from './stores.ts'

export type Endpoint = {
  origin: string
  /** Every event in the stream, copies and all, in the order of its shards. */
  stored: () => Promise<TrackedEvent[]>
  close: () => Promise<void>
}

/** Serves the snippet too, so that must have been built. */
export async function startEndpoint(): Promise<Endpoint> {
  const stores = await startStores()
  const { app, producer } = await composeIngest(stores.settings, pino({ level: 'silent' }))
  const origin = await app.listen({ host: '127.0.0.1', port: 0 })
  return {
    origin,
    async stored() {
      const client = new KinesisClient({ requestHandler: new NodeHttpHandler() })
      const reader = createShardReader(client, stores.settings.RETRACE_STREAM)
      const events: TrackedEvent[] = []
      for (const { shardId } of await reader.listShards()) {
        const cursor = reader.open(shardId, undefined)
        for (let behind = true; behind; ) {
          const { records, millisBehind } = await cursor.read(10_000)
          behind = records.length > 0 && millisBehind > 0
          for (const { data } of records) {
            const decoded = decodeRecord(data)
            if (!decoded.ok) throw new Error(decoded.error.message)
            events.push(...decoded.deliveries.flatMap((delivery) => delivery.events))
          }
        }
      }
      return events
    },
    async close() {
      await app.close()
      await producer.drain()
      await stores.close()
    },
  }
}

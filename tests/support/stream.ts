/** A stream with records in it, and consumers to read them with, over the embedded servers. */
import { type AttributeValue, DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb'
import { KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis'
import { ListObjectsCommand, S3Client } from '@aws-sdk/client-s3'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import type { Consumer } from '../../consumers/runtime/consumer.ts'
import { usualIsolation } from '../../consumers/runtime/isolation.ts'
import { type ConsumerEnvironment, consumerEnvironment } from '../../consumers/runtime/process.ts'
import { type Pace, Runner } from '../../consumers/runtime/runner.ts'
import { createShardReader, type ShardReader } from '../../consumers/runtime/shard-reader.ts'
import { provision } from '../../local/provision.ts'
import type { Delivery } from '../../stream/event.ts'
import { listPages } from '../../stream/list-pages.ts'
import { readSettings, type Settings } from '../../stream/settings.ts'
import { aClick, aDelivery, anEvent, aRecord, noon } from './events.ts'
import { wrapped } from './wrapped.ts'

const kinesis = () => new KinesisClient({ requestHandler: new NodeHttpHandler() })

/** mulberry32: the same numbers for the same seed. */
export function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Visits of several visitors over some hours, with duplicates, as one delivery an event. */
export function traffic(count: number, seed = 1): Delivery[] {
  const random = seededRandom(seed)
  return Array.from({ length: count }, (_, i) => {
    const visitor = Math.floor(random() * 40)
    const at = noon + i * 20_000
    const load = Math.floor(visitor * 1000 + i / 20)
      .toString(16)
      .padStart(16, '0')
    const n = Math.floor(random() * 6)
    const url = `https://shop.example/plants/${Math.floor(random() * 12)}`
    const event = random() < 0.4 ? aClick({ load, n, at, url }) : anEvent({ load, n, at, url })
    return aDelivery({
      site: visitor % 3 === 0 ? 'other' : 'demo',
      visitor: `${visitor}`.padStart(16, '5'),
      events: [event],
    })
  })
}

/** Traffic of a few minutes around a full hour: many events to a cell, and cells of every granularity that end. */
export function dense(deliveries: readonly Delivery[]): Delivery[] {
  const moved = (at: number) => Math.round(noon + 57 * 60_000 + (at - noon) / 10)
  return deliveries.map(({ sentAt = 0, ...delivery }) => ({
    ...delivery,
    received: moved(delivery.received),
    sentAt: moved(sentAt),
    events: delivery.events.map((event) => ({ ...event, at: moved(event.at) })),
  }))
}

/** Puts deliveries into the stream, `size` to a record, spread over the shards as one lane each. */
export async function putTraffic(settings: Settings, deliveries: Delivery[], size = 5): Promise<void> {
  const records: Buffer[] = []
  for (let from = 0; from < deliveries.length; from += size) {
    const batch = deliveries.slice(from, from + size)
    records.push(aRecord(batch, { producerId: 'fedcba9876543210', producerSequence: records.length }))
  }
  await putRecords(settings, records)
}

export async function putRecords(settings: Settings, records: Uint8Array[], partitionKey = 'test'): Promise<void> {
  const client = kinesis()
  for (let from = 0; from < records.length; from += 500) {
    await client.send(
      new PutRecordsCommand({
        StreamName: settings.RETRACE_STREAM,
        Records: records.slice(from, from + 500).map((Data) => ({ Data, PartitionKey: partitionKey })),
      }),
    )
  }
}

/** Tables and a bucket of their own for one run of a consumer over the shared stream. */
export async function freshEnvironment(
  name: string,
  different: Partial<Record<keyof Settings, string>> = {},
): Promise<ConsumerEnvironment> {
  const own = { RETRACE_TABLE_PREFIX: `${name}-`, RETRACE_BUCKET: name, RETRACE_LOG_LEVEL: 'silent' }
  const env = { ...process.env, ...own, ...different }
  await provision(readSettings(env), noon)
  return consumerEnvironment(env)
}

export function shardReader(settings: Settings): ShardReader {
  return createShardReader(kinesis(), settings.RETRACE_STREAM)
}

/** Runs a consumer until it has read everything that is in the stream, and stops it. */
export async function runToEnd(
  consumer: Consumer,
  settings: Settings,
  batchRecords = 7,
  pace: Partial<Pace> = {},
): Promise<void> {
  const reader = shardReader(settings)
  const open = (await reader.listShards()).filter((shard) => !shard.closed)
  // A store that fails now and then may fail the save that a runner stops with: then what is left is for the next one.
  for (let isSaved = false; !isSaved; ) isSaved = await runUntilIdle()

  /** @returns whether all of it was saved in the end */
  async function runUntilIdle(): Promise<boolean> {
    const idle = new Set<string>()
    let isStopping = false
    let isSaved = true
    const runner = new Runner({
      consumer: watching(consumer, (shardId) => {
        idle.add(shardId)
        if (!open.every((shard) => idle.has(shard.shardId))) return
        isStopping = true
        runner.stop()
      }),
      reader,
      pace: {
        pollMs: 1,
        windowMs: 0,
        batchRecords,
        saveIntervalMs: 20,
        readIntervalMs: 0,
        isolation: { ...usualIsolation, retryDelayMs: 1 },
        ...pace,
      },
      retryMs: { first: 1, most: 10 },
      now: Date.now,
      onFault: () => {
        if (isStopping) isSaved = false
      },
    })
    await runner.run()
    return isSaved
  }
}

function watching(consumer: Consumer, onCaughtUp: (shardId: string) => void): Consumer {
  return wrapped(consumer, (opened, shardId) => ({
    async caughtUp(at) {
      await opened.caughtUp(at)
      onCaughtUp(shardId)
    },
  }))
}

/** Every item of a table, as text that compares: keys and values in order, bytes in base64. */
export async function dumpTable(table: string): Promise<string[]> {
  const items: Record<string, AttributeValue>[] = []
  for await (const page of paginateScan({ client: new DynamoDBClient({}) }, { TableName: table }))
    items.push(...(page.Items ?? []))
  const asText = (value: AttributeValue) => (value.B ? Buffer.from(value.B).toString('base64') : JSON.stringify(value))
  return items
    .map((item) =>
      Object.keys(item)
        .sort()
        .map((name) => `${name}=${asText(item[name] as AttributeValue)}`)
        .join(' '),
    )
    .sort()
}

export async function listObjects(bucket: string, prefix: string): Promise<string[]> {
  const client = new S3Client({ forcePathStyle: true })
  const list = (Marker?: string) => client.send(new ListObjectsCommand({ Bucket: bucket, Prefix: prefix, Marker }))
  const pages = await Array.fromAsync(listPages(list))
  return pages.flat().map(({ Key = '' }) => Key)
}

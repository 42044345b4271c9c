/** What the pictures show besides figures: consumers, replays, an archived event, and settings that somebody has made. */
import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import { createManifest } from '../../consumers/archiver/manifest.ts'
import { createParquetSink } from '../../consumers/archiver/parquet-sink.ts'
import { createErasureStore } from '../../consumers/eraser/shapes/erasure-store.ts'
import { createGenerationStore } from '../../consumers/replay/shapes/generation-store.ts'
import { createObjects } from '../../consumers/runtime/objects.ts'
import { lagAttributes, lagKey } from '../../consumers/runtime/shapes/lag.ts'
import {
  arrivalMinute,
  countsToItem,
  ledgerAccount,
  ledgerEntryText,
  noCounts,
} from '../../consumers/runtime/shapes/ledger.ts'
import { createS3Client } from '../../dashboard/store/store.ts'
import type { Stack } from '../bench-dashboard/stack.ts'
import { poster } from './poster.ts'

const dayMs = 86_400_000

/** The page load that is traced in a picture. */
export const tracedLoad = '00112233445566ff'

export type Past = { stack: Stack; site: string; now: number }

/** Consumers that are on time: to be told again before each picture of them. */
export async function storeLags({ client, settings }: Stack): Promise<void> {
  const now = Date.now()
  const consumers = { aggregator: 400, archiver: 60_000, 'anomaly-detector': 1000 }
  for (const [consumer, windowMs] of Object.entries(consumers))
    for (const shard of [0, 1]) {
      const lag = {
        consumer,
        shardId: `shardId-${String(shard).padStart(12, '0')}`,
        // Reports are to come for as long as the pictures take.
        reportedAt: now,
        reportsWithinMs: 600_000,
        behindMs: Math.round(windowMs * 0.6),
        behindRecords: 3 + shard,
        windowMs,
        position: '49000000000000000000000000000000000000000000000000000042',
        arrivedAt: now - windowMs,
        handledAt: now,
        activeSince: now - 3_600_000,
        handledRecords: 18_204,
      }
      const Item = { ...lagKey(lag), ...lagAttributes(lag) }
      await client.send(new PutItemCommand({ TableName: `${settings.RETRACE_TABLE_PREFIX}lag`, Item }))
    }
}

/** An hour of arrivals of which everything is accounted for. */
export async function storeLedger({ stack: { client, settings }, now }: Past): Promise<void> {
  for (let minute = arrivalMinute(now) - 58 * 60_000; minute < now; minute += 60_000)
    for (const shard of [0, 1]) {
      const key = { shardId: `shardId-${String(shard).padStart(12, '0')}`, minute }
      const accepted = 40 + ((minute / 60_000 + 7 * shard) % 13)
      const made = {
        aggregator: { aggregated: accepted - 3, duplicate: 1, filtered: 2 },
        archiver: { archived: accepted },
      }
      for (const [consumer, counts] of Object.entries(made)) {
        const Item = {
          account: { S: ledgerAccount(consumer, minute) },
          entry: { S: ledgerEntryText({ consumer, ...key }) },
          ...countsToItem({ ...noCounts(), accepted, ...counts }),
          sequence: { S: '1' },
        }
        await client.send(new PutItemCommand({ TableName: `${settings.RETRACE_TABLE_PREFIX}ledger`, Item }))
      }
    }
}

/** One that could be published, and one that was given up. */
export async function storeReplays({ stack: { client, settings }, now }: Past): Promise<void> {
  const generations = createGenerationStore(client, `${settings.RETRACE_TABLE_PREFIX}control`)
  const day = (ago: number) => new Date(now - ago * dayMs).toISOString().slice(0, 'YYYY-MM-DD'.length)
  const common = { revision: 1, sites: 'all', source: 'archive' } as const
  await generations.create({
    ...common,
    id: 'corrected-campaigns',
    state: 'ready',
    from: day(3),
    to: day(2),
    segments: [day(3), day(2)],
    requestedAt: now - 3_600_000,
    startedAt: now - 3_590_000,
    finishedAt: now - 3_500_000,
    counts: { replayed: 4012, compared: 174, changed: 12 },
  })
  await generations.create({
    ...common,
    id: 'first-attempt',
    state: 'dropped',
    from: day(3),
    to: day(3),
    segments: [day(3)],
    requestedAt: now - 7_200_000,
    startedAt: now - 7_190_000,
    finishedAt: now - 7_100_000,
  })
}

/** People, links, tokens, rules and erasures, as an owner leaves them. */
export async function storeSettings({ stack: { address, client, settings }, site, now }: Past): Promise<void> {
  const post = poster(address, site)
  await post('invitations', { email: 'grace@garden.example', role: 'editor' })
  await post('links', { name: 'For the newsletter team', expiresAt: new Date(now + 30 * dayMs).toISOString() })
  await post('tokens', { name: 'Weekly report', role: 'viewer' })
  await post('exclusions', {
    tags: ['team'],
    networks: [],
    hosts: ['staging.garden.example'],
    programs: ['UptimeCheck/'],
  })
  await post('retention', { archiveDays: 730, figureDays: null })
  const erasures = createErasureStore(client, `${settings.RETRACE_TABLE_PREFIX}control`)
  const common = { revision: 1, site, requestedBy: 'ada@garden.example' } as const
  await erasures.create({
    ...common,
    id: '0011223344556677',
    kind: 'visitor',
    value: 'a1b2c3d4e5f60718',
    step: 'done',
    requestedAt: now - 4 * dayMs,
    finishedAt: now - 4 * dayMs + 95_000,
    rows: { [new Date(now - 9 * dayMs).toISOString().slice(0, 'YYYY-MM-DD'.length)]: 14 },
  })
  await erasures.create({
    ...common,
    id: '8899aabbccddeeff',
    kind: 'load',
    value: tracedLoad,
    step: 'waiting',
    requestedAt: now - 60_000,
    rows: {},
  })
}

/** A page view of some minutes ago, in the archive. */
export async function archiveEvent({ stack: { client, settings }, site, now }: Past): Promise<void> {
  const s3 = createS3Client()
  const manifest = createManifest(client, `${settings.RETRACE_TABLE_PREFIX}archive`)
  const objects = createObjects(s3, settings.RETRACE_BUCKET)
  const shardId = 'shardId-000000000000'
  const at = now - 600_000
  const write = await createParquetSink({ manifest, objects, now: () => now }).open(shardId)([
    {
      shardId,
      sequence: '49000000000000000000000000000000000000000000000000000007',
      index: 3,
      producerId: 'fedcba9876543210',
      producerSequence: 7,
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      createdAt: at + 12,
      delivery: {
        site,
        visitor: 'a1b2c3d4e5f60718',
        received: at,
        sentAt: at - 40,
        userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
        country: 'DE',
        language: 'de',
      },
      event: {
        type: 'pageview',
        load: tracedLoad,
        n: 0,
        at: at - 45,
        url: `https://${site}/plants/fern`,
        title: 'Fern',
      },
    },
  ])
  await write()
  s3.destroy()
}

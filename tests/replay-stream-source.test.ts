/** The Kinesis backlog as a replay's source: what the aggregator got of it, from when on, and when it is refused. */
import { KinesisClient } from '@aws-sdk/client-kinesis'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chooseSource } from '../consumers/replay/sources/choose-source.ts'
import { type ReplaySource, SourceError } from '../consumers/replay/sources/source.ts'
import { openStreamSource, type StreamStores } from '../consumers/replay/sources/stream-source.ts'
import type { StreamRecord } from '../consumers/runtime/consumer.ts'
import { retryPartitionKey } from '../consumers/runtime/quarantine.ts'
import { createShardReader } from '../consumers/runtime/shard-reader.ts'
import { aDelivery, aRecord, noon } from './support/events.ts'
import { eventually } from './support/eventually.ts'
import { startStores, type TestStores } from './support/stores.ts'
import { putRecords, putTraffic, shardReader, traffic } from './support/stream.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const weekMs = 7 * dayMs
const stretch = { from: noon, to: noon + dayMs }
const another = { consumer: 'archiver', shardId: 'shardId-000000000000', sequenceNumber: '1' }

let stores: TestStores
let shardId: string
let all: StreamRecord[]
beforeAll(async () => {
  stores = await startStores()
  await putTraffic(stores.settings, traffic(400))
  await putRecords(stores.settings, [Buffer.from('no record of ours')])
  await putRecords(stores.settings, [aRecord([aDelivery()])], retryPartitionKey(another))
  for (const shard of await shardReader(stores.settings).listShards()) {
    const { records } = await shardReader(stores.settings).open(shard.shardId, undefined).read(10_000)
    if (records.length < 80) continue
    shardId = shard.shardId
    all = records
  }
})
afterAll(() => stores.close())

function stream(different: Partial<StreamStores> = {}): StreamStores {
  const age = { createdAt: Date.now() - 1000, retentionMs: weekMs }
  return {
    reader: shardReader(stores.settings),
    age: async () => age,
    now: Date.now,
    pause: async () => {},
    ...different,
  }
}

async function readAll(source: ReplaySource, after?: string) {
  return (await Array.fromAsync(source.read(shardId, { ...stretch, ...(after && { after }) }))).flat()
}

describe('the stream as a source', () => {
  it('gives the records of a shard in order, without what is not for the aggregator or cannot be read', async () => {
    const records = await readAll(await openStreamSource(stream(), stretch))
    expect(records.map(({ sequenceNumber }) => sequenceNumber)).toEqual(
      all.slice(0, 80).map(({ sequenceNumber }) => sequenceNumber),
    )
    expect(records.flatMap(({ deliveries }) => deliveries)).toEqual(traffic(400))
  })

  it('goes on after a sequence number', async () => {
    const records = await readAll(await openStreamSource(stream(), stretch), all[29]?.sequenceNumber)
    expect(records).toHaveLength(50)
    expect(records[0]?.sequenceNumber).toBe(all[30]?.sequenceNumber)
  })

  it('reads half a second apart, and little at a time until it knows how large records are', async () => {
    const pauses: number[] = []
    const limits: number[] = []
    const reader = shardReader(stores.settings)
    const watched: StreamStores['reader'] = {
      ...reader,
      open(...where) {
        const cursor = reader.open(...where)
        return {
          read(limit) {
            limits.push(limit)
            return cursor.read(limit)
          },
        }
      },
    }
    const pause = async (ms: number) => void pauses.push(ms)
    await readAll(await openStreamSource(stream({ reader: watched, pause }), stretch))
    expect(limits[0]).toBe(10)
    expect(limits[1]).toBeGreaterThan(80)
    expect(pauses).toHaveLength(limits.length - 1)
    expect(Math.min(...pauses)).toBe(500)
  })

  it('ends at the tip, though more keeps coming', async () => {
    let reads = 0
    const reader = shardReader(stores.settings)
    const busy: StreamStores['reader'] = {
      ...reader,
      open(...where) {
        const cursor = reader.open(...where)
        return {
          async read(limit) {
            if (reads++ < 20) await putRecords(stores.settings, [aRecord([aDelivery()])], retryPartitionKey(another))
            return cursor.read(limit)
          },
        }
      },
    }
    const records = await readAll(await openStreamSource(stream({ reader: busy }), stretch))
    expect(records).toHaveLength(80)
    expect(reads).toBe(2)
  })

  it('covers all that came since a stream younger than its retention began, and else what is kept', async () => {
    const now = Date.now()
    const aged = (days: number) => stream({ age: async () => ({ createdAt: now - days * dayMs, retentionMs: weekMs }) })
    const daysAgo = (days: number) => ({ from: now - days * dayMs, to: now })
    await openStreamSource(aged(6), daysAgo(40))
    await openStreamSource(aged(30), daysAgo(6))
    await expect(openStreamSource(aged(30), daysAgo(7))).rejects.toMatchObject({
      code: 'not_covered',
      message: expect.stringContaining(new Date(now - 7 * dayMs).toISOString()),
    })
  })

  it('fails when records were deleted faster than they were read', async () => {
    let now = Date.now()
    const age = async () => ({ createdAt: now - 30 * dayMs, retentionMs: weekMs })
    const beginning = { from: now - 6 * dayMs, to: now }
    const source = await openStreamSource(stream({ age, now: () => now }), beginning)
    now += 2 * dayMs
    await expect(Array.fromAsync(source.read(shardId, beginning))).rejects.toMatchObject({ code: 'not_covered' })
  })
})

describe('a reader', () => {
  it('begins with the first record that came at a time', async () => {
    const last = all.at(-1)?.arrivedAt ?? 0
    await eventually(() => Date.now() > last + 1000)
    await putRecords(stores.settings, [aRecord([aDelivery()])])
    const { records } = await shardReader(stores.settings)
      .open(shardId, undefined, { arrivedFrom: last + 1 })
      .read(100)
    expect(records.length).toBeGreaterThan(0)
    expect(all.map(({ sequenceNumber }) => sequenceNumber)).not.toContain(records[0]?.sequenceNumber)
  })

  it('reads everything where nobody says where that is', async () => {
    const client = new KinesisClient({ requestHandler: new NodeHttpHandler() })
    const reader = createShardReader(client, stores.settings.RETRACE_STREAM)
    const { records } = await reader.open(shardId, undefined, { arrivedFrom: Date.now() - 1 }).read(10_000)
    expect(records.length).toBeGreaterThanOrEqual(all.length)
  })
})

describe('auto', () => {
  const source: ReplaySource = { shards: async () => [], read: async function* () {} }
  const refuse = (code: SourceError['code']) => async () => {
    throw new SourceError(code, 'the stream begins yesterday')
  }

  it('is the stream where that holds everything', async () => {
    const opened = await chooseSource('auto', { stream: async () => source, archive: refuse('object_missing') })
    expect(opened.kind).toBe('stream')
  })

  it('is else the archive, and says why', async () => {
    const open = { stream: refuse('not_covered'), archive: async () => source }
    expect(await chooseSource('auto', open)).toEqual({
      kind: 'archive',
      source,
      why: 'Reading the archive: the stream begins yesterday.',
    })
    await expect(chooseSource('stream', open)).rejects.toMatchObject({ code: 'not_covered' })
  })
})

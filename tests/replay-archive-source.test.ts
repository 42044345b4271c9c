/** The archive as a replay's source: what the stream gave, or an error that names what is missing. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { composeArchiver, parquetStores } from '../consumers/archiver/compose.ts'
import { listArchive } from '../consumers/archiver/read-archive.ts'
import { createCompactor } from '../consumers/compactor/compactor.ts'
import { createArchivedCounts } from '../consumers/replay/sources/archive-coverage.ts'
import { openArchiveSource } from '../consumers/replay/sources/archive-source.ts'
import type { ReplaySource } from '../consumers/replay/sources/source.ts'
import type { ConsumerEnvironment } from '../consumers/runtime/process.ts'
import { type DecodedStreamRecord, decodeRecords } from '../consumers/runtime/records.ts'
import { noon } from './support/events.ts'
import { startStores, type TestStores } from './support/stores.ts'
import { freshEnvironment, putTraffic, runToEnd, seededRandom, shardReader, traffic } from './support/stream.ts'

const hourMs = 3_600_000
const stretch = { from: noon, to: noon + 24 * hourMs }
const atOnce = { settleMs: 0, graceMs: 0, mostRows: 1_000_000, mostObjects: 500 }

let stores: TestStores
beforeAll(async () => {
  stores = await startStores()
  await putTraffic(stores.settings, traffic(400))
})
afterAll(() => stores.close())

async function archived(name: string): Promise<ConsumerEnvironment> {
  const environment = await freshEnvironment(name)
  await runToEnd(composeArchiver(environment), stores.settings)
  return environment
}

function open(environment: ConsumerEnvironment, part = stretch): Promise<ReplaySource> {
  const counts = createArchivedCounts(environment.clients.dynamo, environment.table('ledger'))
  const { listShards } = shardReader(stores.settings)
  return openArchiveSource({ ...parquetStores(environment), counts, listShards }, part)
}

async function readAll(source: ReplaySource, part = stretch): Promise<Record<string, DecodedStreamRecord[]>> {
  const found: Record<string, DecodedStreamRecord[]> = {}
  for (const { shardId } of await source.shards())
    found[shardId] = (await Array.fromAsync(source.read(shardId, part))).flat()
  return found
}

/** As consumers get them from the stream; when Kinesis had a record the archive does not know. */
async function fromStream(environment: ConsumerEnvironment): Promise<Record<string, DecodedStreamRecord[]>> {
  const found: Record<string, DecodedStreamRecord[]> = {}
  const reader = shardReader(stores.settings)
  for (const { shardId } of await reader.listShards()) {
    const { records } = await reader.open(shardId, undefined).read(10_000)
    const place = { consumer: 'aggregator', shardId }
    const decoded = await decodeRecords(place, records, undefined, environment.quarantine)
    if (decoded.length > 0) found[shardId] = decoded.map((one) => ({ ...one, arrivedAt: one.header.createdAt }))
  }
  return found
}

describe('the archive as a source', () => {
  it('gives the records of the stream, before and after they were merged', async () => {
    const environment = await archived('source')
    const expected = await fromStream(environment)
    expect(await readAll(await open(environment))).toEqual(expected)
    await createCompactor(parquetStores(environment), atOnce).compactDay('2026-03-10')
    expect(await readAll(await open(environment))).toEqual(expected)
  })

  it('goes on after a sequence number', async () => {
    const environment = await archived('resumed')
    const [[shardId, records]] = Object.entries(await fromStream(environment)) as [[string, DecodedStreamRecord[]]]
    const after = records[30]?.sequenceNumber ?? ''
    const rest = (await Array.fromAsync((await open(environment)).read(shardId, { ...stretch, after }))).flat()
    expect(rest.map(({ sequenceNumber }) => sequenceNumber)).toEqual(
      records.slice(31).map(({ sequenceNumber }) => sequenceNumber),
    )
  })

  it('names an object that is missing, and one that is corrupt', async () => {
    const environment = await archived('broken')
    const stored = parquetStores(environment)
    const source = await open(environment)
    const [first] = await listArchive(stored.manifest, stretch)
    const key = first?.key ?? ''
    const body = await stored.objects.get(key)
    for (const bad of [Buffer.from('damaged'), body.subarray(0, body.length - 40)]) {
      await stored.objects.put(key, bad)
      await expect(readAll(source)).rejects.toMatchObject({
        code: 'object_corrupt',
        message: expect.stringContaining(key),
      })
    }
    await stored.objects.delete(key)
    await expect(readAll(source)).rejects.toMatchObject({
      code: 'object_missing',
      message: expect.stringContaining(key),
    })
  })

  it('notices any byte that was altered, wherever it lies', async () => {
    const environment = await archived('altered')
    const stored = parquetStores(environment)
    const source = await open(environment)
    const [first] = await listArchive(stored.manifest, stretch)
    const key = first?.key ?? ''
    const body = await stored.objects.get(key)
    const random = seededRandom(4)
    for (let flip = 0; flip < 50; flip++) {
      const altered = Uint8Array.from(body)
      const place = Math.floor(random() * body.length)
      altered[place] = (body[place] ?? 0) ^ (1 + Math.floor(random() * 255))
      await stored.objects.put(key, altered)
      await expect(readAll(source)).rejects.toMatchObject({
        code: 'object_corrupt',
        message: expect.stringContaining(key),
      })
    }
    await stored.objects.put(key, body)
    expect(Object.values(await readAll(source)).flat()).not.toHaveLength(0)
  })

  it('reads what older manifests name, without a checksum', async () => {
    const environment = await archived('older')
    const expected = await fromStream(environment)
    const { manifest } = parquetStores(environment)
    for (const hour of await manifest.listDay('2026-03-10')) {
      const objects = hour.objects.map(({ crc32: _, ...older }) => older)
      await manifest.replace({ ...hour, revision: hour.revision + 1, objects })
    }
    expect(await readAll(await open(environment))).toEqual(expected)
  })

  it('names the range when nothing of it is archived, or what is named is less than was archived', async () => {
    const environment = await archived('uncovered')
    const before = { from: noon - 240 * hourMs, to: noon - 120 * hourMs }
    await expect(open(environment, before)).rejects.toMatchObject({
      code: 'not_covered',
      message: expect.stringContaining('2026-02-28T12:00:00.000Z'),
    })
    await expect(open(environment, { ...stretch, from: noon - 240 * hourMs })).rejects.toMatchObject({
      code: 'not_covered',
    })
    const { manifest } = parquetStores(environment)
    const [hour] = await manifest.listDay('2026-03-10')
    if (!hour) throw new Error('nothing is archived')
    await manifest.replace({ ...hour, revision: hour.revision + 1, objects: [] })
    await expect(open(environment)).rejects.toMatchObject({
      code: 'not_covered',
      message: expect.stringContaining(hour.hour),
    })
  })
})

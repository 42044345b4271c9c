/** The archive holds every event once, whatever happened to those who wrote and merged it. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { composeAggregator } from '../consumers/aggregator/compose.ts'
import { createArchiver } from '../consumers/archiver/archiver.ts'
import { composeArchiver, parquetStores } from '../consumers/archiver/compose.ts'
import { fromParquet } from '../consumers/archiver/parquet.ts'
import { createParquetSink, type ParquetStores } from '../consumers/archiver/parquet-sink.ts'
import { listArchive, readArchive } from '../consumers/archiver/read-archive.ts'
import { type ArchiveRow, toRows } from '../consumers/archiver/rows.ts'
import { type CompactorOptions, createCompactor } from '../consumers/compactor/compactor.ts'
import type { ConsumerEnvironment } from '../consumers/runtime/process.ts'
import { decodeRecords } from '../consumers/runtime/records.ts'
import { isAfter } from '../stream/sequence.ts'
import { store } from './support/archive.ts'
import { aDelivery, anEvent, noon } from './support/events.ts'
import { eventually } from './support/eventually.ts'
import { failing } from './support/failing.ts'
import { startStores, type TestStores } from './support/stores.ts'
import {
  freshEnvironment,
  listObjects,
  putTraffic,
  runToEnd,
  seededRandom,
  shardReader,
  traffic,
} from './support/stream.ts'

const run = promisify(execFile)
const hourMs = 3_600_000
/** More than two hours of arrivals. */
const deliveries = traffic(400)
const everything = { from: noon, to: noon + 24 * hourMs }
const day = '2026-03-10'
const expected = deliveries.flatMap(({ events, ...delivery }) => events.map((event) => ({ delivery, event })))

let stores: TestStores
beforeAll(async () => {
  stores = await startStores()
  await putTraffic(stores.settings, deliveries)
})
afterAll(() => stores.close())

/** All rows of the archive as it is read back, without their places. */
async function readEvents(environment: ConsumerEnvironment, range = everything) {
  const rows: ArchiveRow[] = []
  for await (const portion of readArchive(parquetStores(environment), range)) rows.push(...portion)
  return rows.map(({ delivery, event }) => ({ delivery, event }))
}

/** That each event lies in one of the named objects, once, and comes back in stream order. */
async function expectEveryEventOnce(environment: ConsumerEnvironment): Promise<void> {
  const places: string[] = []
  for (const { key, rows } of await listArchive(parquetStores(environment).manifest, everything)) {
    const before = places.length
    for await (const portion of fromParquet(await environment.objects.get(key)))
      places.push(...portion.map(({ shardId, sequence, index }) => `${shardId} ${sequence} ${index}`))
    expect(places.length - before).toBe(rows)
  }
  expect(places).toHaveLength(expected.length)
  expect(new Set(places).size).toBe(expected.length)
  expect(await readEvents(environment)).toEqual(expected)
}

/** All rows of all objects under `archive/`, as somebody reads them who knows nothing of a manifest. */
async function readFolder(environment: ConsumerEnvironment, name: string) {
  const rows: Record<string, unknown>[] = []
  for (const key of await listObjects(name, 'archive/')) {
    const file = new Uint8Array(await environment.objects.get(key)).buffer
    rows.push(...(await parquetReadObjects({ file, compressors })))
  }
  return rows
}

const places = (rows: Record<string, unknown>[]) =>
  rows.map(({ shard, sequence, index }) => `${shard} ${sequence} ${index}`)

function archiverThatFails(environment: ConsumerEnvironment, chance: number, random: () => number) {
  const { objects, manifest, now } = parquetStores(environment)
  return createArchiver({
    ...environment,
    checkpoints: failing(environment.checkpoints, chance, random),
    sinks: [
      createParquetSink({
        objects: failing(objects, chance, random),
        manifest: failing(manifest, chance, random),
        now,
      }),
    ],
  })
}

const nothing = { merged: 0, into: 0, deleted: 0, faults: [] }
const atOnce: CompactorOptions = { settleMs: 0, graceMs: 0, mostRows: 1_000_000, mostObjects: 500 }

describe('the archiver', () => {
  it('keeps every event as it came, in stream order, under the hour of its arrival', async () => {
    const environment = await freshEnvironment('archived')
    await runToEnd(composeArchiver(environment), stores.settings)
    await expectEveryEventOnce(environment)
    for (const key of await listObjects('archived', 'archive/'))
      expect(key).toMatch(/^archive\/dt=2026-03-1\d\/hour=\d\d\/shardId-\d{12}-\d+-r\d+-[0-9a-f]{8}\.parquet$/)
  })

  it('answers with the arrivals of a range alone', async () => {
    const environment = await freshEnvironment('ranged')
    await runToEnd(composeArchiver(environment), stores.settings)
    const range = { from: noon + hourMs / 2, to: noon + 2 * hourMs + 1000 }
    const within = expected.filter(({ delivery: { received } }) => received >= range.from && received < range.to)
    expect(within.length).toBeGreaterThan(100)
    expect(await readEvents(environment, range)).toEqual(within)
  })

  it.each([1, 2])('holds every event once when its stores fail at random (seed %i)', async (seed) => {
    const name = `failing-${seed}`
    const environment = await freshEnvironment(name)
    await runToEnd(archiverThatFails(environment, 0.06, seededRandom(seed)), stores.settings)
    await expectEveryEventOnce(environment)
  })

  it.each([4, 5])('holds every event once when two run on every shard and fail at random (seed %i)', async (seed) => {
    const name = `two-${seed}`
    const environment = await freshEnvironment(name)
    await Promise.all([
      runToEnd(archiverThatFails(environment, 0.03, seededRandom(seed)), stores.settings, 7),
      runToEnd(archiverThatFails(environment, 0.03, seededRandom(seed + 100)), stores.settings, 5),
    ])
    await expectEveryEventOnce(environment)
  })

  it('neither loses nor doubles a row when two close their batches at different records', async () => {
    const environment = await freshEnvironment('overlap')
    const { objects, manifest, now } = parquetStores(environment)
    const reader = shardReader(stores.settings)
    for (const { shardId } of await reader.listShards()) {
      const { records } = await reader.open(shardId, undefined).read(20)
      if (records.length === 0) continue
      const rows = toRows(
        shardId,
        await decodeRecords({ consumer: 'archiver', shardId }, records, undefined, environment.quarantine),
      )
      const upTo = (record: number) =>
        rows.filter(({ sequence }) => isAfter(records[record]?.sequenceNumber ?? '', sequence))

      // One has put its object and not named it yet, when the other comes past with fewer records, then with the rest.
      const quick = createParquetSink({ objects, manifest, now }).open(shardId)
      const overtaken = createParquetSink({
        objects,
        now,
        manifest: {
          ...manifest,
          async replace(next) {
            await store(quick, upTo(5))
            return manifest.replace(next)
          },
        },
      }).open(shardId)
      await expect(store(overtaken, upTo(12))).rejects.toThrow('another archiver has gone on')
      await store(quick, rows)
    }
    const read = await readFolder(environment, 'overlap')
    expect(new Set(places(read)).size).toBe(read.length)
    expect(await readEvents(environment)).toHaveLength(read.length)
    expect(read.length).toBe(100)
  })

  it('may be as slow as it likes: the aggregator is through while the first object is being written', async () => {
    const environment = await freshEnvironment('slow')
    const { objects, manifest, now } = parquetStores(environment)
    let writes = 0
    let release = () => {}
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    const slow: ParquetStores['objects'] = {
      ...objects,
      async put(...object) {
        writes += 1
        await released
        return objects.put(...object)
      },
    }
    const sinks = [createParquetSink({ objects: slow, manifest, now })]
    const archiving = runToEnd(createArchiver({ ...environment, sinks }), stores.settings)
    await eventually(() => writes > 0)
    // It ends when the shards have nothing more for it: its lag is none.
    await runToEnd(composeAggregator(environment), stores.settings)
    expect(await listArchive(manifest, everything)).toEqual([])
    release()
    await archiving
    await expectEveryEventOnce(environment)
  })

  it('leaves no object behind that nothing names, after a crash between put and swap', async () => {
    const environment = await freshEnvironment('orphan')
    const { objects, manifest, now } = parquetStores(environment)
    let crashes = 2
    const crashing: ParquetStores['manifest'] = {
      ...manifest,
      async replace(next) {
        if (crashes-- > 0) throw new Error('crashed')
        return manifest.replace(next)
      },
    }
    const sinks = [createParquetSink({ objects, manifest: crashing, now })]
    await runToEnd(createArchiver({ ...environment, sinks }), stores.settings)
    const named = await listArchive(manifest, everything)
    expect((await listObjects('orphan', 'archive/')).sort()).toEqual(named.map(({ key }) => key).sort())
    expect(places(await readFolder(environment, 'orphan'))).toHaveLength(expected.length)
  })
})

describe('reading the archive', () => {
  it('brings each shard in stream order, although late arrivals lie in the hours of their own', async () => {
    const environment = await freshEnvironment('late')
    const stored = parquetStores(environment)
    const random = seededRandom(6)
    const written: ArchiveRow[] = []
    for (const shardId of ['shardId-000000000000', 'shardId-000000000001']) {
      const records = Array.from({ length: 400 }, (_, i) => {
        const late = random() < 0.2 ? Math.floor(random() * 4) * hourMs : 0
        const received = noon + 5 * hourMs + i * 30_000 - late
        const header = { producerId: '00', producerSequence: i, traceId: '11', createdAt: noon, eventCount: 2 }
        const two = [aDelivery({ received }), aDelivery({ received: received - hourMs, events: [anEvent({ n: 1 })] })]
        return { sequenceNumber: `${10_000 + i}`, arrivedAt: noon, header, deliveries: two }
      })
      const sink = createParquetSink(stored).open(shardId)
      for (let from = 0; from < records.length; from += 25)
        await store(sink, toRows(shardId, records.slice(from, from + 25)))
      written.push(...toRows(shardId, records))
    }
    const read = async () => {
      const rows: ArchiveRow[] = []
      for await (const portion of readArchive(stored, everything)) rows.push(...portion)
      return rows
    }
    expect(await read()).toEqual(written)
    await createCompactor(stored, atOnce).compactDay(day)
    expect(await read()).toEqual(written)
  })
})

describe('npm run archive -- list', () => {
  it('names the objects of the hours asked for, and what they hold', async () => {
    const environment = await freshEnvironment('listed')
    await runToEnd(composeArchiver(environment), stores.settings)
    const range = { from: noon + hourMs, to: noon + 2 * hourMs }
    const times = ['--from', new Date(range.from).toISOString(), '--to', new Date(range.to).toISOString()]
    const env = { ...process.env, RETRACE_TABLE_PREFIX: 'listed-', RETRACE_BUCKET: 'listed', RETRACE_DATA_DIR: 'none' }
    const { stdout } = await run(process.execPath, ['local/archive.ts', 'list', ...times, '--json'], { env })
    const lines = stdout.trim().split('\n')
    const named = await listArchive(parquetStores(environment).manifest, range)
    expect(named.length).toBeGreaterThan(0)
    expect(lines.slice(0, -1)).toEqual(named.map(({ key }) => `s3://listed/${key}`))
    const within = expected.filter(({ delivery: { received } }) => received >= range.from && received < range.to)
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ rows: within.length })
  })
})

describe('the compactor', () => {
  it('makes one object an hour and shard, which hold the same rows in the same order', async () => {
    const environment = await freshEnvironment('compacted')
    await runToEnd(composeArchiver(environment), stores.settings)
    const { manifest, ...rest } = parquetStores(environment)
    const before = await listArchive(manifest, everything)
    const done = await createCompactor({ manifest, ...rest }, atOnce).compactDay(day)
    const after = await listArchive(manifest, everything)
    expect(after).toHaveLength(new Set(before.map(({ hour, shardId }) => `${hour} ${shardId}`)).size)
    expect(done).toMatchObject({ into: after.length, merged: before.length, deleted: before.length })
    await expectEveryEventOnce(environment)
    const rows = await readFolder(environment, 'compacted')
    expect(new Set(places(rows)).size).toBe(expected.length)
    expect(rows).toHaveLength(expected.length)
  })

  it('writes an object no larger than it may be, and a full one never again', async () => {
    const environment = await freshEnvironment('bounded')
    await runToEnd(composeArchiver(environment), stores.settings)
    const { manifest, ...rest } = parquetStores(environment)
    const compactor = createCompactor({ manifest, ...rest }, { ...atOnce, mostRows: 80 })
    await compactor.compactDay(day)
    const objects = await listArchive(manifest, everything)
    expect(Math.max(...objects.map(({ rows }) => rows))).toBeLessThanOrEqual(80)
    expect(await compactor.compactDay(day)).toEqual(nothing)
    await expectEveryEventOnce(environment)
  })

  it('merges the other hours when an object of one cannot be read', async () => {
    const environment = await freshEnvironment('damaged')
    await runToEnd(composeArchiver(environment), stores.settings)
    const stored = parquetStores(environment)
    const [damaged] = await listArchive(stored.manifest, everything)
    await stored.objects.put(damaged?.key ?? '', Buffer.from('damaged'))
    const { into, faults } = await createCompactor(stored, atOnce).compactDay(day)
    expect(faults).toHaveLength(1)
    expect(into).toBeGreaterThan(1)
  })

  it('leaves an hour alone until it has settled, and replaced objects until readers are through', async () => {
    const environment = await freshEnvironment('settling')
    const stored = { ...parquetStores(environment), now: () => noon + 3 * hourMs }
    await runToEnd(createArchiver({ ...environment, sinks: [createParquetSink(stored)] }), stores.settings)
    const options = { ...atOnce, settleMs: 300_000, graceMs: 600_000 }
    const at = (now: number) => createCompactor({ ...stored, now: () => now }, options).compactDay(day)
    expect(await at(noon + 3 * hourMs + 299_000)).toEqual(nothing)
    const { merged } = await at(noon + 5 * hourMs)
    expect(merged).toBeGreaterThan(10)
    expect(await at(noon + 5 * hourMs + 599_000)).toEqual(nothing)
    expect(await at(noon + 5 * hourMs + 600_000)).toEqual({ ...nothing, deleted: merged })
  })

  it('shows each row once to whoever follows the manifest, killed between any two steps', async () => {
    const environment = await freshEnvironment('killed')
    await runToEnd(composeArchiver(environment), stores.settings)
    const { objects, manifest, now } = parquetStores(environment)
    // Every call is a step; a pass is killed after one more step than the last, until one comes through.
    for (let steps = 0, through = false; !through; steps++) {
      let left = steps
      const countdown = () => (left-- > 0 ? 0.5 : 0)
      // failing() draws before and after each call: it dies where the draws reach zero.
      const dying = { objects: failing(objects, 0.1, countdown), manifest: failing(manifest, 0.1, countdown), now }
      through = await createCompactor(dying, { ...atOnce, mostRows: 150 })
        .compactDay(day)
        .then(
          ({ faults }) => faults.length === 0,
          () => false,
        )
      await expectEveryEventOnce(environment)
    }
    const named = await listArchive(manifest, everything)
    expect((await listObjects('killed', 'archive/')).sort()).toEqual(named.map(({ key }) => key).sort())
  })

  it('runs beside archivers and other compactors without losing or doubling a row', async () => {
    const environment = await freshEnvironment('together')
    const random = seededRandom(9)
    const { objects, manifest, now } = parquetStores(environment)
    const compactor = createCompactor(
      { objects: failing(objects, 0.01, random), manifest: failing(manifest, 0.01, random), now },
      atOnce,
    )
    let archiving = true
    const compact = async () => {
      while (archiving) await compactor.compactDay(day).catch(() => {})
    }
    const archive = Promise.all([
      runToEnd(archiverThatFails(environment, 0.01, random), stores.settings, 7),
      runToEnd(archiverThatFails(environment, 0.01, random), stores.settings, 5),
    ]).finally(() => {
      archiving = false
    })
    await Promise.all([archive, compact(), compact()])
    await expectEveryEventOnce(environment)
  })

  it('does not disturb a reader who began before it', async () => {
    const environment = await freshEnvironment('reading')
    await runToEnd(composeArchiver(environment), stores.settings)
    const stored = parquetStores(environment)
    const rows: ArchiveRow[] = []
    for await (const portion of readArchive(stored, everything)) {
      if (rows.length === 0) expect((await createCompactor(stored, atOnce).compactDay(day)).deleted).toBeGreaterThan(0)
      rows.push(...portion)
    }
    expect(rows.map(({ delivery, event }) => ({ delivery, event }))).toEqual(expected)
  })
})

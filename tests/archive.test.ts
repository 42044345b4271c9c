/** The archive holds every event once, whatever happened to those who wrote it. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { composeAggregator } from '../consumers/aggregator/compose.ts'
import { createArchiver } from '../consumers/archiver/archiver.ts'
import { composeArchiver, parquetStores } from '../consumers/archiver/compose.ts'
import { createParquetSink, type ParquetStores } from '../consumers/archiver/parquet-sink.ts'
import { listArchive, readArchive } from '../consumers/archiver/read-archive.ts'
import { type ArchiveRow, toRows } from '../consumers/archiver/rows.ts'
import { createCompactor } from '../consumers/compactor/compactor.ts'
import { decodeRecords } from '../consumers/runtime/records.ts'
import { isAfter } from '../stream/sequence.ts'
import {
  archiverThatFails,
  atOnce,
  day,
  deliveries,
  everything,
  expectEveryEventOnce,
  expected,
  hourMs,
  places,
  readEvents,
  readFolder,
  store,
} from './support/archive.ts'
import { aDelivery, anEvent, noon } from './support/events.ts'
import { eventually } from './support/eventually.ts'
import { startStores, type TestStores } from './support/stores.ts'
import { freshEnvironment, listObjects, putTraffic, runToEnd, seededRandom, shardReader } from './support/stream.ts'

const run = promisify(execFile)

let stores: TestStores
beforeAll(async () => {
  stores = await startStores()
  await putTraffic(stores.settings, deliveries)
})
afterAll(() => stores.close())

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

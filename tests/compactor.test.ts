/** Small objects become large ones, and no reader sees a row twice or not at all, whatever happens meanwhile. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createArchiver } from '../consumers/archiver/archiver.ts'
import { composeArchiver, parquetStores } from '../consumers/archiver/compose.ts'
import { createParquetSink } from '../consumers/archiver/parquet-sink.ts'
import { listArchive, readArchive } from '../consumers/archiver/read-archive.ts'
import type { ArchiveRow } from '../consumers/archiver/rows.ts'
import { createCompactor } from '../consumers/compactor/compactor.ts'
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
  readFolder,
} from './support/archive.ts'
import { noon } from './support/events.ts'
import { failing } from './support/failing.ts'
import { startStores, type TestStores } from './support/stores.ts'
import { freshEnvironment, listObjects, putTraffic, runToEnd, seededRandom } from './support/stream.ts'

const nothing = { merged: 0, into: 0, deleted: 0, faults: [] }

let stores: TestStores
beforeAll(async () => {
  stores = await startStores()
  await putTraffic(stores.settings, deliveries)
})
afterAll(() => stores.close())

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

  it('merges no object that was altered, although it can be read', async () => {
    const environment = await freshEnvironment('altered')
    await runToEnd(composeArchiver(environment), stores.settings)
    const stored = parquetStores(environment)
    const [altered] = await listArchive(stored.manifest, everything)
    const key = altered?.key ?? ''
    const body = Buffer.from(await stored.objects.get(key))
    // The name of the program that wrote it, in the footer: whoever reads the file alone notices nothing.
    body[body.lastIndexOf('hyparquet')] = 0x48
    await stored.objects.put(key, body)
    const { faults } = await createCompactor(stored, atOnce).compactDay(day)
    expect(faults).toEqual([expect.objectContaining({ message: expect.stringContaining(key) })])
    expect((await listArchive(stored.manifest, everything)).map((each) => each.key)).toContain(key)
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

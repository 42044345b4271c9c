/** An archive whose objects are older than some of its columns is counted, merged, read and replayed like any other. */

import { zstdCompressSync } from 'node:zlib'
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { composeArchiver, parquetStores } from '../consumers/archiver/compose.ts'
import { bytesOf } from '../consumers/archiver/object-bytes.ts'
import { columnsFromParquet, fromParquet } from '../consumers/archiver/parquet.ts'
import { listArchive } from '../consumers/archiver/read-archive.ts'
import { type ArchiveRow, toColumns } from '../consumers/archiver/rows.ts'
import { createCompactor } from '../consumers/compactor/compactor.ts'
import { toParts } from '../consumers/replay/sources/record-parts.ts'
import type { ConsumerEnvironment } from '../consumers/runtime/process.ts'
import { openArchiveTable } from '../local/archive-table.ts'
import { atOnce, day, deliveries, everything, expected, readEvents } from './support/archive.ts'
import { noon } from './support/events.ts'
import { startStores, type TestStores } from './support/stores.ts'
import { freshEnvironment, putTraffic, runToEnd } from './support/stream.ts'

/** Of the last arrivals every second one has a tag; those before came when the archive had no column for it. */
const later: ReadonlySet<string> = new Set(['tag', 'network'])
const isTagged = (i: number) => i >= 300 && i % 2 === 0
const tagged = deliveries.map((delivery, i) => (isTagged(i) ? { ...delivery, tag: 'office' } : delivery))
const tagsExpected = tagged.flatMap(({ tag, events }) => events.map(() => tag))
const lastOld = tagged[299]?.received ?? noon

let stores: TestStores
let environment: ConsumerEnvironment
beforeAll(async () => {
  stores = await startStores()
  await putTraffic(stores.settings, tagged)
  environment = await freshEnvironment('columns')
  await runToEnd(composeArchiver(environment), stores.settings)
  await makeOlder(environment)
})
afterAll(() => stores.close())

/** As the archiver wrote before it knew of tags and networks. */
function toOlderParquet(rows: readonly ArchiveRow[]): Uint8Array {
  const columnData: ColumnSource[] = toColumns(rows).filter(({ name }) => !later.has(name))
  const compressors = { ZSTD: (bytes: Uint8Array) => zstdCompressSync(bytes) }
  return new Uint8Array(parquetWriteBuffer({ columnData, codec: 'ZSTD', compressors }))
}

/** Writes the objects of the first arrivals again, without the column. */
async function makeOlder({ objects, ...rest }: ConsumerEnvironment): Promise<void> {
  const { manifest } = parquetStores({ objects, ...rest })
  for (const held of await manifest.listDay(day)) {
    const replaced = await Promise.all(
      held.objects.map(async (object) => {
        const rows = (await Array.fromAsync(fromParquet(await objects.get(object.key)))).flat()
        if (rows.some(({ delivery }) => delivery.received > lastOld)) return object
        const body = toOlderParquet(rows)
        await objects.put(object.key, body)
        return { ...object, ...bytesOf(body) }
      }),
    )
    expect(await manifest.replace({ ...held, revision: held.revision + 1, objects: replaced })).toBe(true)
  }
}

const tagsOf = (events: { delivery: { tag?: string } }[]) => events.map(({ delivery }) => delivery.tag)

describe('objects that are older than a column', () => {
  it('are there beside younger ones', async () => {
    const { manifest, objects } = parquetStores(environment)
    const names = await Promise.all(
      (await listArchive(manifest, everything)).map(async ({ key }) => {
        const text = Buffer.from(await objects.get(key)).toString('latin1')
        return text.includes('\u0003tag')
      }),
    )
    expect(new Set(names)).toEqual(new Set([true, false]))
  })

  it('are read as rows that have none', async () => {
    const read = await readEvents(environment)
    expect(read.map(({ event }) => event)).toEqual(expected.map(({ event }) => event))
    expect(tagsOf(read)).toEqual(tagsExpected)
  })

  it('are replayed as deliveries that have none', async () => {
    const { manifest, objects } = parquetStores(environment)
    const tags: (string | undefined)[] = []
    for (const { key } of await listArchive(manifest, everything))
      for await (const group of columnsFromParquet(await objects.get(key)))
        for (const { record } of [...toParts(group)].flat())
          for (const { tag, events } of record.deliveries) tags.push(...events.map(() => tag))
    expect(tags).toEqual(tagsExpected)
  })

  it.each([
    ['all of them', { from: noon, to: noon + 3_600_000 }],
    ['some of them', everything],
  ])('are counted in SQL: %s', async (_which, range) => {
    const table = await openArchiveTable(environment, range)
    try {
      const [row] = await table.ask<{ events: bigint; tagged: bigint }>(
        `SELECT count(*) AS events, count(tag) AS tagged FROM events`,
      )
      const within = tagged.filter(({ received }) => received >= range.from && received < range.to)
      const withTag = within.filter(({ tag }) => tag === 'office')
      expect({ events: Number(row?.events), tagged: Number(row?.tagged) }).toEqual({
        events: within.length,
        tagged: withTag.length,
      })
    } finally {
      await table.close()
    }
  })

  it('are merged with younger ones, and nothing is lost', async () => {
    const { into, faults } = await createCompactor(parquetStores(environment), atOnce).compactDay(day)
    expect(faults).toEqual([])
    expect(into).toBeGreaterThan(0)
    expect(tagsOf(await readEvents(environment))).toEqual(tagsExpected)
  })
})

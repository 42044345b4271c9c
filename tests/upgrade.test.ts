/**
 * A version goes on with what the one before it has left. tests/fixtures/formats has what versions did leave, a file
 * for each pair of formats that was ever deployed; files are added and never changed. A new format needs one:
 *
 *     RETRACE_WRITE_FORMATS=1 npx vitest run tests/upgrade.test.ts && npm run fix
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { emptyCell, encodeCell } from '../consumers/aggregator/shapes/cell.ts'
import { foldStateCodec } from '../consumers/aggregator/state-codec.ts'
import { createAnomalyDetector } from '../consumers/anomaly-detector/detector.ts'
import { MinuteTally } from '../consumers/anomaly-detector/watch/figures.ts'
import type { Consumer, StreamRecord } from '../consumers/runtime/consumer.ts'
import { provisionalShards } from '../stream/shard-map.ts'
import { aClick, aDelivery, anEvent, aRecord, noon } from './support/events.ts'
import { batchOf, instanceOf } from './support/lambda.ts'
import { calm, MemoryStores, MemoryTable, memoryReader } from './support/memory.ts'
import { type AggregatorDump, AggregatorWorld } from './support/memory-aggregator.ts'

/** Written in the middle of two visits: `first` is counted and saved, `second` comes afterwards, both in base64. */
type Fixture = { first: string; second: string; left: AggregatorDump }

const folder = join(import.meta.dirname, 'fixtures/formats')
const [shard] = provisionalShards()
if (shard === undefined) throw new Error('no shard')

const version = (json: Buffer) => (JSON.parse(json.toString()) as { v: number }).v
const stateFormat = (foldStateCodec.toJson(foldStateCodec.empty()) as { v: number }).v
const cellFormat = version(zstdDecompressSync(encodeCell(emptyCell())))
const present = `aggregator-state-${stateFormat}-cell-${cellFormat}.json`

const streamRecord = (sequence: number, base64: string): StreamRecord => ({
  sequenceNumber: String(sequence),
  data: Buffer.from(base64, 'base64'),
  arrivedAt: noon + sequence * 1000,
})

async function handle(consumer: Consumer, records: readonly StreamRecord[]): Promise<void> {
  const open = await consumer.open(shard as NonNullable<typeof shard>)
  await open.handle(records)
  await open.save()
}

async function makeFixture(): Promise<Fixture> {
  const minute = 60_000
  const other = { visitor: '0123456789abcdef', load: 'ffeeddccbbaa9988' }
  const first = aRecord([
    aDelivery({ events: [anEvent(), aClick({ n: 1, at: noon + 1000 })] }),
    aDelivery({ visitor: other.visitor, events: [anEvent({ load: other.load, referrer: 'https://search.example/' })] }),
  ])
  const second = aRecord(
    [
      // The same visit goes on, one event comes again, and the other visitor's bounce is taken back.
      aDelivery({
        events: [
          aClick({ n: 1, at: noon + 1000 }),
          anEvent({ n: 2, at: noon + 5 * minute, url: 'https://shop.example/cart' }),
        ],
      }),
      aDelivery({ visitor: other.visitor, events: [anEvent({ load: other.load, n: 1, at: noon + 6 * minute })] }),
    ],
    { producerSequence: 1 },
  )
  const world = new AggregatorWorld()
  const fixture = { first: first.toString('base64'), second: second.toString('base64') }
  await handle(world.consumer(calm), [streamRecord(1, fixture.first)])
  return { ...fixture, left: world.toDump() }
}

if (process.env.RETRACE_WRITE_FORMATS && !existsSync(join(folder, present))) {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, present), `${JSON.stringify(await makeFixture(), null, 1)}\n`)
}

const read = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Fixture
const names = readdirSync(folder)

test('the formats that are written now have their file', () => {
  expect(names).toContain(present)
})

describe.each(names)('%s', (name) => {
  test('is gone on with: every event counts as if one version had counted them all', async () => {
    const { first, second, left } = read(name)
    await expectGoneOn(left, first, second)
  })
})

async function expectGoneOn(left: AggregatorDump, first: string, second: string): Promise<void> {
  const upgraded = new AggregatorWorld()
  upgraded.restore(left)
  await handle(upgraded.consumer(calm), [streamRecord(2, second)])
  const alone = new AggregatorWorld()
  await handle(alone.consumer(calm), [streamRecord(1, first), streamRecord(2, second)])

  expect(new Map(upgraded.cells.values())).toEqual(new Map(alone.cells.values()))
  expect(upgraded.ledger.dump()).toEqual(alone.ledger.dump())
  const [, day] = upgraded.cells.values().find(([cell]) => cell.includes('#day')) ?? []
  expect(day?.totals).toMatchObject({ visits: 2, pageviews: 4, clicks: 1, events: 5, bounces: 0 })
}

test('a fold state of format 2, whose keys had one part, is gone on with as well', async () => {
  type Groups = { turnedAt: number; groups: [group: string, young: [string, unknown][], old: [string, unknown][]][] }
  const flat = ({ turnedAt, groups }: Groups) => {
    const half = (which: 1 | 2) =>
      groups.flatMap((group) => group[which].map(([key, value]) => [group[0] ? `${group[0]} ${key}` : key, value]))
    return { turnedAt, young: half(1), old: half(2) }
  }
  const { first, second } = read(present)
  const world = new AggregatorWorld()
  await handle(world.consumer(calm), [streamRecord(1, first)])
  const dump = world.toDump()
  const [snapshot] = dump.stores.objects
  if (!snapshot) throw new Error('no snapshot')
  const { producers, loads, visits, lists } = JSON.parse(
    zstdDecompressSync(Buffer.from(snapshot[1], 'base64')).toString(),
  )
  const old = { v: 2, producers: flat(producers), loads: flat(loads), visits: flat(visits), lists }
  snapshot[1] = zstdCompressSync(JSON.stringify(old)).toString('base64')
  await expectGoneOn(dump, first, second)
})

describe('what a newer version has left is refused, and its records are kept for that version', () => {
  /** What the function says when it is brought the next record, and whether Lambda is to bring it again. */
  async function refusal(left: AggregatorDump): Promise<{ faults: unknown[]; broughtAgain: boolean }> {
    const { second } = read(present)
    const world = new AggregatorWorld()
    world.restore(left)
    const faults: unknown[] = []
    const record = streamRecord(2, second)
    const handler = instanceOf({
      consumer: world.consumer(calm),
      checkpoints: world.checkpoints(calm),
      reader: memoryReader([{ ...(shard as NonNullable<typeof shard>), records: [record] }], calm),
      onFault: (_, error) => faults.push(error),
    })
    const { batchItemFailures } = await handler(batchOf(shard?.shardId ?? '', [record]))
    return { faults, broughtAgain: batchItemFailures.length === 1 }
  }

  const withVersion = (base64: string, v: number) => {
    const document = JSON.parse(zstdDecompressSync(Buffer.from(base64, 'base64')).toString())
    return zstdCompressSync(Buffer.from(JSON.stringify({ ...document, v }))).toString('base64')
  }

  test('a state', async () => {
    const { left } = read(present)
    const objects = left.stores.objects.map(([key, body]): [string, string] => [key, withVersion(body, 4)])
    const { faults, broughtAgain } = await refusal({ ...left, stores: { ...left.stores, objects } })
    expect(String(faults)).toContain('a fold state of format 4, this reader knows 2 and 3')
    expect(broughtAgain).toBe(true)
  })

  test('a cell', async () => {
    const { left } = read(present)
    const cells = left.cells.map(([name, item]): (typeof left.cells)[number] => [
      name,
      { ...item, stored: withVersion(item.stored, 3) },
    ])
    const { faults, broughtAgain } = await refusal({ ...left, cells })
    expect(String(faults)).toContain('a cell of format 3, this reader knows 2')
    expect(broughtAgain).toBe(true)
  })

  test('the state that the anomaly detector had, of which it needs its place alone', async () => {
    const stores = new MemoryStores()
    const detector = createAnomalyDetector({
      checkpoints: stores.checkpoints(calm),
      objects: stores.objects(calm),
      minutes: new MemoryTable<unknown, MinuteTally>(String, JSON.stringify, MinuteTally.empty).store(calm),
      quarantine: () => Promise.reject(new Error('nothing is passed over')),
    })
    const key = `state/anomaly-detector/${shard?.shardId}/1.json.zst`
    const state = { v: 1, sites: [['demo', noon]], judgeFrom: noon }
    await stores.objects(calm).put(key, zstdCompressSync(Buffer.from(JSON.stringify(state))))
    const checkpoint = { sequence: '1', snapshot: key, handled: undefined, revision: 1, ended: false }
    await stores.checkpoints(calm).replace('anomaly-detector', shard?.shardId ?? '', checkpoint)
    const open = await detector.open(shard as NonNullable<typeof shard>)
    expect(open.position).toBe('1')
    await open.end()
    expect(stores.toDump().objects).toEqual([])
  })
})

/** Records that went into the archive come back as what the fold needs: same deltas, same state. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Delta } from '../consumers/aggregator/delta.ts'
import { foldEvent, foldRecord } from '../consumers/aggregator/fold.ts'
import { dailySegments } from '../consumers/aggregator/shapes/segments.ts'
import { foldStateCodec } from '../consumers/aggregator/state-codec.ts'
import { columnsFromParquet, ParquetObject } from '../consumers/archiver/parquet.ts'
import { arrivalHour } from '../consumers/archiver/parquet-sink.ts'
import { type ArchiveRow, toRows } from '../consumers/archiver/rows.ts'
import { mergeParts } from '../consumers/replay/sources/merge-parts.ts'
import { toParts } from '../consumers/replay/sources/record-parts.ts'
import type { DecodedStreamRecord } from '../consumers/runtime/records.ts'
import type { Delivery } from '../stream/event.ts'
import { aClick, aDelivery, anEvent, chrome, noon } from './support/events.ts'

const shardId = 'shardId-000000000000'

/** Few values of each, so that visits go on, events come twice and deliveries look alike. */
const event = fc.record(
  {
    load: fc.constantFrom('00112233445566ff', '00112233445566fe', '00112233445566fd'),
    n: fc.nat(12),
    at: fc.integer({ min: noon - 3 * 3_600_000, max: noon + 3 * 3_600_000 }),
    type: fc.constantFrom('pageview', 'click', 'engagement', 'custom', 'vital', 'error'),
    url: fc.constantFrom('https://shop.example/', 'https://shop.example/plants/fern?utm_source=mail'),
    referrer: fc.constantFrom('https://search.example/', ''),
    title: fc.string({ maxLength: 5 }),
    name: fc.constantFrom('signup', 'LCP', ''),
    props: fc.dictionary(
      fc.constantFrom('plan', 'value'),
      // JSON writes a negative zero as zero, and no infinity.
      fc.oneof(
        fc.string(),
        fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
        fc.boolean(),
      ),
    ),
    target: fc.record(
      {
        selector: fc.constantFrom('#buy', ''),
        text: fc.string(),
        href: fc.webUrl(),
        pageX: fc.nat(400),
        docW: fc.nat(400),
      },
      { requiredKeys: ['selector'] },
    ),
    engagedMs: fc.double({ min: 0, max: 1e6, noNaN: true }),
    scroll: fc.nat(100),
    vw: fc.nat(4000),
    vh: fc.nat(4000),
  },
  { requiredKeys: ['load', 'n', 'at', 'type', 'url'] },
)
const delivery = fc.record(
  {
    site: fc.constantFrom('demo', 'other'),
    visitor: fc.constantFrom('a1b2c3d4e5f60718', 'b1b2c3d4e5f60718'),
    previousVisitor: fc.constantFrom('c1b2c3d4e5f60718'),
    received: fc.integer({ min: noon - 3_600_000, max: noon + 3_600_000 }),
    sentAt: fc.integer({ min: noon - 3_600_000, max: noon + 3_600_000 }),
    userAgent: fc.constantFrom(chrome, 'curl/8', ''),
    country: fc.constantFrom('DE', 'US'),
    region: fc.constantFrom('BE', 'CA'),
    language: fc.constantFrom('de', 'en'),
    tag: fc.constantFrom('office', 'agency'),
    network: fc.constantFrom('3fa1', '0000'),
    trace: fc.constantFrom('cd'.repeat(16), 'ef'.repeat(16)),
    events: fc.array(event, { minLength: 1, maxLength: 4 }),
  },
  { requiredKeys: ['site', 'received', 'userAgent', 'events'] },
)
const record = fc.record({
  producerId: fc.constantFrom('0123456789abcdef', 'fedcba9876543210'),
  producerSequence: fc.nat(9),
  traceId: fc.constantFrom('ab'.repeat(16), 'cd'.repeat(16)),
  createdAt: fc.integer({ min: noon - 50 * 3_600_000, max: noon + 50 * 3_600_000 }),
  deliveries: fc.array(delivery as fc.Arbitrary<Delivery>, { minLength: 1, maxLength: 6 }),
})
const records = fc.array(record, { minLength: 1, maxLength: 12 }).map((drawn) =>
  drawn.map(({ deliveries, ...header }, i): DecodedStreamRecord => {
    const eventCount = deliveries.reduce((sum, { events }) => sum + events.length, 0)
    // Of unlike lengths, as after a century.
    const sequenceNumber = String(95 + i)
    return { sequenceNumber, arrivedAt: noon, retried: false, header: { ...header, eventCount }, deliveries }
  }),
)

/** As the archiver stores them: an object for each hour of arrival, in row groups of a few rows. */
function archive(rows: ArchiveRow[], rowsInGroup: number): Uint8Array[] {
  return [...Map.groupBy(rows, (row) => arrivalHour(row.delivery.received)).values()].map((ofHour) => {
    const object = new ParquetObject()
    for (let from = 0; from < ofHour.length; from += rowsInGroup) object.append(ofHour.slice(from, from + rowsInGroup))
    return object.finish()
  })
}

async function readBack(objects: Uint8Array[]): Promise<DecodedStreamRecord[]> {
  const sources = await Promise.all(
    objects.map(async (object) => {
      const groups = await Array.fromAsync(columnsFromParquet(object))
      const batches = groups.flatMap((group) => [...toParts(group, 3)])
      const first = batches[0]?.[0]?.record.sequenceNumber ?? ''
      return {
        first,
        open: () =>
          (async function* () {
            yield* batches
          })(),
      }
    }),
  )
  sources.sort((a, b) => a.first.length - b.first.length || (a.first < b.first ? -1 : 1))
  return (await Array.fromAsync(mergeParts(sources))).flat().map((part) => part.record)
}

/** Everything that comes of folding: the deltas in their order, and the state. */
function folded(read: readonly DecodedStreamRecord[]) {
  const state = foldStateCodec.empty()
  const segmentOf = dailySegments()
  const deltas: Delta[] = []
  const outcomes = read.map(({ header, deliveries }) => {
    if (!foldRecord(state, header)) return 'copy'
    return deliveries.flatMap((each) =>
      each.events.map((one) => foldEvent(state, segmentOf(each.received), each, one, (delta) => deltas.push(delta))),
    )
  })
  return { outcomes, deltas, state: foldStateCodec.toJson(state) }
}

/** Deliveries as the archive tells them apart: neighbours that say the same are one. */
function merged(deliveries: readonly Delivery[]): Delivery[] {
  const found: Delivery[] = []
  for (const { events, ...context } of deliveries) {
    const { events: before, ...last } = found.at(-1) ?? { events: [] as Delivery['events'] }
    if (JSON.stringify(Object.entries(last).sort()) === JSON.stringify(Object.entries(context).sort()))
      before.push(...events)
    else found.push({ ...context, events: [...events] })
  }
  return found
}

describe('records out of the archive', () => {
  it('are the records that went in, and fold to the same deltas and the same state', async () => {
    await fc.assert(
      fc.asyncProperty(records, fc.integer({ min: 1, max: 30 }), async (written, rowsInGroup) => {
        const read = await readBack(archive(toRows(shardId, written), rowsInGroup))
        expect(read).toEqual(
          written.map((each) => ({ ...each, arrivedAt: each.header.createdAt, deliveries: merged(each.deliveries) })),
        )
        expect(folded(read)).toEqual(folded(written))
      }),
      { numRuns: 30, endOnFailure: true },
    )
  })

  it('are read from objects that were written before some columns were kept', async () => {
    const header = { producerId: '0123456789abcdef', producerSequence: 3, traceId: 'ab'.repeat(16) }
    const deliveries = [aDelivery({ received: noon + 7, events: [anEvent(), aClick({ n: 1 })] })]
    const place = { shardId, sequence: '7', ...header }
    const { events, ...context } = deliveries[0] as Delivery
    const rows = events.map((one, index) => ({ ...place, index, delivery: context, event: one }))
    const [read] = await readBack(archive(rows, 10))
    expect(read).toMatchObject({ header: { ...header, createdAt: noon + 7, eventCount: 2 }, deliveries })
  })
})

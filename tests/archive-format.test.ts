/** What an archive object is: every field comes back, and an event takes few bytes. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromParquet, toParquet } from '../consumers/archiver/parquet.ts'
import { type ArchiveRow, toColumns, toRows } from '../consumers/archiver/rows.ts'
import type { DecodedStreamRecord } from '../consumers/runtime/records.ts'
import { createTraffic } from '../load-test/traffic.ts'
import type { Delivery, TrackedEvent } from '../stream/event.ts'
import { aClick, aDelivery, anEvent, noon } from './support/events.ts'
import { seededRandom } from './support/stream.ts'

const shardId = 'shardId-000000000000'

async function readBack(rows: ArchiveRow[]): Promise<ArchiveRow[]> {
  const read: ArchiveRow[] = []
  for await (const portion of fromParquet(toParquet(rows))) read.push(...portion)
  return read
}

function aRecord(different: Partial<DecodedStreamRecord> = {}): DecodedStreamRecord {
  const header = { producerId: '0123456789abcdef', producerSequence: 7, traceId: 'ab'.repeat(16) }
  return {
    sequenceNumber: '49590338271490256608559692538361571095921575989136588898',
    arrivedAt: noon,
    retried: false,
    header: { ...header, createdAt: noon, eventCount: 1 },
    deliveries: [aDelivery()],
    ...different,
  }
}

describe('an archive object', () => {
  it('gives back every field of an event and its delivery, and none that was not there', async () => {
    const full = aDelivery({
      previousVisitor: '0011223344556677',
      country: 'DE',
      region: 'BE',
      language: 'de',
      tag: 'office – „Büro“',
      network: '3fa1',
      trace: 'cd'.repeat(16),
      events: [
        aClick({
          referrer: 'https://search.example/',
          title: 'Fern – a “plant” 🌿',
          name: 'signup',
          props: { plan: 'pro', seats: 3, trial: true, ratio: 0.25 },
          target: {
            selector: '#buy',
            text: '',
            href: '/',
            x: -1.5,
            y: 2,
            vw: 390,
            vh: 844,
            pageX: 3,
            pageY: 9,
            docW: 390,
            docH: 4000,
          },
          engagedMs: 1234.5,
          scroll: 99.5,
          vw: 390,
          vh: 844,
        }),
        anEvent({ n: 1 }),
      ],
    })
    const { sentAt: _, visitor: __, ...imported } = aDelivery()
    const rows = toRows(shardId, [aRecord({ deliveries: [full, imported] })])
    expect(rows.map(({ index }) => index)).toEqual([0, 1, 2])
    expect(await readBack(rows)).toEqual(rows)
  })

  it('names the trace of the sender, else that of the record', async () => {
    const trace = 'cd'.repeat(16)
    const rows = toRows(shardId, [aRecord({ deliveries: [aDelivery({ trace }), aDelivery()] })])
    expect((await readBack(rows)).map(({ traceId }) => traceId)).toEqual([trace, 'ab'.repeat(16)])
  })

  it('gives back any text, time and number', async () => {
    const texts = fc.string({ unit: 'grapheme', maxLength: 40 })
    const event = fc.record(
      {
        n: fc.nat(1_000_000),
        at: fc.nat(253_402_300_799_999),
        url: texts,
        title: texts,
        props: fc.dictionary(texts, fc.oneof(texts, fc.integer(), fc.boolean())),
        scroll: fc.double({ min: 0, max: 100, noNaN: true }),
      },
      { requiredKeys: ['n', 'at', 'url'] },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 60 }), async (events) => {
        const rows = toRows(shardId, [aRecord({ deliveries: [aDelivery({ events: events.map(anEvent) })] })])
        expect(await readBack(rows)).toEqual(rows)
      }),
      { numRuns: 50 },
    )
  })

  it('keeps a property of any name', async () => {
    const props = JSON.parse('{"__proto__": "kept", "plan": "free"}')
    const rows = toRows(shardId, [aRecord({ deliveries: [aDelivery({ events: [anEvent({ props })] })] })])
    const [row] = await readBack(rows)
    expect(JSON.stringify(row?.event.props)).toBe('{"__proto__":"kept","plan":"free"}')
  })

  it('has the columns that docs/archive.md gives Athena', () => {
    const page = readFileSync(new URL('../docs/archive.md', import.meta.url), 'utf8')
    const declared = /create external table archive \(([^)]*)\)/.exec(page)?.[1] ?? ''
    const athena = { STRING: 'string', JSON: 'string', INT32: 'int', INT64: 'bigint', DOUBLE: 'double' }
    const types: Record<string, string> = { ...athena, TIMESTAMP: 'timestamp' }
    const columns = toColumns([]).map(({ name, type = '' }) => `${name} ${types[type]}`)
    expect(declared.split(',').map((column) => column.trim().replaceAll('`', ''))).toEqual(columns)
  })

  it('takes at most 45 bytes an event of load-test traffic at 2,000 events/s', () => {
    const rows = toRows(shardId, minuteOfTraffic())
    const bytesPerEvent = toParquet(rows).length / rows.length
    console.info(`${bytesPerEvent.toFixed(1)} bytes an event in an object of ${rows.length} rows`)
    expect(bytesPerEvent).toBeLessThan(45)
  })
})

/**
 * What one of two shards sees of a minute, in records as the endpoint closes them. Every page load counts as another
 * visitor: that is more of what no compression makes smaller than real visits have.
 */
function minuteOfTraffic(): DecodedStreamRecord[] {
  const [seconds, requestsPerSecond, lingerMs] = [60, 870, 50]
  const random = seededRandom(1)
  const hex = (digits: number) => Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('')
  const requests = createTraffic({ sites: ['demo'], seed: 1, rate: 2000 })
  const visitors = new Map<string, string>()
  const records: DecodedStreamRecord[] = []
  let sequence = 49_590_338_271_490_256_608_559_692_538_361_571_095_921_575_989_136_588_898n
  let deliveries: Delivery[] = []
  for (
    let at = noon, opened = noon;
    at < noon + seconds * 1000;
    at += (-Math.log(1 - random()) * 1000) / requestsPerSecond
  ) {
    if (at - opened >= lingerMs && deliveries.length > 0) {
      sequence += BigInt(Math.floor(random() * 1e15))
      const header = { producerId: '0123456789abcdef', producerSequence: records.length, traceId: hex(32) }
      records.push(
        aRecord({
          sequenceNumber: String(sequence),
          header: { ...header, createdAt: opened, eventCount: deliveries.flatMap(({ events }) => events).length },
          deliveries,
        }),
      )
      deliveries = []
      opened = at
    }
    const { body, userAgent, language } = requests.next(Math.round(at))
    const { load } = body.events[0] as TrackedEvent
    const visitor = visitors.get(load) ?? hex(16)
    visitors.set(load, visitor)
    const received = Math.round(at + 5 + random() * 60)
    deliveries.push({ ...body, visitor, received, userAgent, language: language.slice(0, 2), country: 'DE' })
  }
  return records
}

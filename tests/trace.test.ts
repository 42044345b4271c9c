/** `npm run trace` finds an event wherever it is, and says what became of it. */
import { parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { composeAggregator } from '../consumers/aggregator/compose.ts'
import { composeArchiver } from '../consumers/archiver/compose.ts'
import type { ConsumerEnvironment } from '../consumers/runtime/process.ts'
import { trace } from '../consumers/trace/trace.ts'
import { putOverflowTo } from '../ingest/overflow.ts'
import { describe as inWords, toJson } from '../local/trace/report.ts'
import { aClick, aDelivery, anEvent, aRecord, noon } from './support/events.ts'
import { runToEnd as runCommand } from './support/retrace.ts'
import { startStores, type TestStores } from './support/stores.ts'
import { freshEnvironment, putRecords, putTraffic, runToEnd, traffic } from './support/stream.ts'

const range = { from: noon, to: noon + 24 * 3_600_000 }
const load = 'c'.repeat(16)
const later = noon + 60_000
const visit = aRecord(
  [
    aDelivery({ events: [anEvent({ load }), aClick({ load, n: 1 })] }),
    aDelivery({ events: [anEvent({ load, n: 2, at: later, url: 'https://shop.example/cart' })] }),
  ],
  { producerSequence: 5 },
)
const again = aRecord([aDelivery({ events: [aClick({ load, n: 1 })] })], { producerSequence: 6 })
const bot = aRecord([aDelivery({ userAgent: 'curl/8.5.0', events: [anEvent({ load: 'b'.repeat(16) })] })], {
  producerSequence: 7,
})

let stores: TestStores
let environment: ConsumerEnvironment

beforeAll(async () => {
  stores = await startStores()
  const { settings } = stores
  await putTraffic(settings, traffic(60))
  await putRecords(settings, [visit, again, visit, bot], 'another shard')
  environment = await freshEnvironment('traced')
  await runToEnd(composeAggregator(environment), settings)
  await runToEnd(composeArchiver(environment), settings)
})
afterAll(() => stores.close())

const find = (n: number, name = load, site?: string) => trace(environment, { load: name, n, site }, range)

describe('trace', () => {
  it('follows an event from its acceptance to the cells that it changed', async () => {
    const found = await find(2)
    const [copy] = found.archived
    expect(copy).toMatchObject({
      createdAt: noon + 60,
      delivery: { received: later + 60, site: 'demo' },
      event: { type: 'pageview', url: 'https://shop.example/cart' },
      producerId: '0123456789abcdef',
      producerSequence: 5,
      index: 2,
      object: expect.stringMatching(/^archive\/dt=2026-03-10\/hour=12\/shardId-\d{12}-\d+.*\.parquet$/),
      passed: true,
    })
    if (copy?.fate.outcome !== 'aggregated') throw new Error('it was not aggregated')
    expect(copy.fate.cells.map(({ key }) => key.granularity).sort()).toEqual(['day', 'hour', 'minute', 'minute'])
    expect(copy.fate.cells.every(({ holdsIt }) => holdsIt)).toBe(true)
    const day = copy.fate.cells.find(({ key }) => key.granularity === 'day')
    // The second page of a visit takes back the bounce, and makes the visit longer.
    expect(day?.added.totals).toMatchObject({ events: 1, pageviews: 1, visits: 0, bounces: -1, visitMs: 60_000 })
    expect([...(day?.added.dimensions.get('page') ?? []).keys()]).toContain('/cart')
  })

  it('names the record in the stream and the row in the archive, which are where it says', async () => {
    const { archived } = await find(1)
    const [copy] = archived
    const bytes = await environment.objects.get(copy?.object ?? '')
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer
    const row = (await parquetReadObjects({ file, compressors }))[copy?.row ?? 0]
    expect(row).toMatchObject({ load, n: 1, shard: copy?.shardId, sequence: copy?.sequence, index: copy?.index })
  })

  it('says of a duplicate where the event came first, and whether its whole batch came twice', async () => {
    const { archived } = await find(1)
    expect(archived.map(({ fate }) => fate.outcome)).toEqual(['aggregated', 'duplicate', 'duplicate'])
    const [first, second, third] = archived
    const of = { shardId: first?.shardId, sequence: first?.sequence }
    expect(second?.fate).toMatchObject({ by: 'event', of: { ...of, index: 1 } })
    expect(third?.fate).toMatchObject({ by: 'batch', of })
    expect(inWords(await find(1))).toContain('duplicate: second copy of its batch, which came first at shardId-')
  })

  it('says why an event was filtered', async () => {
    const found = await find(0, 'b'.repeat(16))
    expect(found.archived.map(({ fate }) => fate)).toMatchObject([
      { outcome: 'filtered', reason: "its user agent is a program's: curl/8.5.0" },
    ])
    expect(inWords(found)).toContain('recomputed')
  })

  it('finds what is in the stream and not archived yet', async () => {
    const behind = await freshEnvironment('behind')
    const found = await trace(behind, { load, n: 2, site: 'demo' }, range)
    expect(found.archived).toEqual([])
    expect(found.inStream).toHaveLength(2)
    expect(inWords(found)).toContain('not yet: the archiver has not reached it')
  })

  it('finds what waits in the overflow', async () => {
    const event = anEvent({ load: 'd'.repeat(16) })
    const record = aRecord([aDelivery({ events: [event] })])
    const names = { createdAt: noon, producerId: '0123456789abcdef', sequence: 8, hashKey: '0', record }
    await putOverflowTo(environment.clients.s3, 'traced')(names)
    const found = await find(0, event.load)
    expect(toJson(found)).toMatchObject({
      found: true,
      inOverflow: [expect.stringMatching(/^overflow\/.*-0000000008-/)],
    })
    expect(inWords(found)).toContain('the redriver puts it there')
  })

  it('says clearly that an event is nowhere, and where it was looked for', async () => {
    const nowhere = await find(77)
    expect(toJson(nowhere)).toMatchObject({ found: false })
    expect(inWords(nowhere)).toMatch(/is nowhere: .* 2026-03-10T12:00:00.000Z to 2026-03-11T12:00:00.000Z/)
    expect(toJson(await find(2, load, 'other'))).toMatchObject({ found: false })
  })
})

describe('npm run trace', () => {
  const run = (...args: string[]) => {
    const env = {
      ...process.env,
      RETRACE_TABLE_PREFIX: 'traced-',
      RETRACE_BUCKET: 'traced',
      RETRACE_DATA_DIR: '/nowhere',
    }
    return runCommand('local/trace/cli.ts', args, env)
  }
  const days = ['--from', '2026-03-10', '--to', '2026-03-11']

  it('prints the way of the event, ends with one JSON object, and says by its exit code whether there was one', async () => {
    const { code, output } = await run(load, '2', '--site', 'demo', '--json', ...days)
    expect(code, output).toBe(0)
    expect(output).toContain(`Event ${load} 2 of demo: pageview on https://shop.example/cart`)
    expect(JSON.parse(output.trim().split('\n').at(-1) ?? '')).toMatchObject({
      found: true,
      archived: [{ outcome: 'aggregated', recomputed: true, createdAt: '2026-03-10T12:00:00.060Z' }, { by: 'batch' }],
    })
    expect((await run(load, '77', ...days)).code).toBe(1)
  })

  it.each([
    [['short', '0'], 'LOAD must be 16 hex digits'],
    [[load], 'N must be the number'],
    [[load, '1', 'x'], 'what is "x" for?'],
  ])('answers wrong arguments %j with what is wrong, and 2', async (args, message) => {
    const { code, output } = await run(...args)
    expect(code).toBe(2)
    expect(output).toContain(message)
  })
})

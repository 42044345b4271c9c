/** `npm run reconcile` finds whatever is missing or too much, names it, and is content with what is right. */
import { DeleteItemCommand, DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { KinesisClient, SplitShardCommand } from '@aws-sdk/client-kinesis'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { composeAggregator } from '../consumers/aggregator/compose.ts'
import { createCutStore, minCutAheadMs } from '../consumers/aggregator/cuts.ts'
import { cellText, liveGeneration, seriesOf } from '../consumers/aggregator/shapes/cell-key.ts'
import { composeArchiver } from '../consumers/archiver/compose.ts'
import type { ConsumerEnvironment } from '../consumers/runtime/process.ts'
import { ledgerAccount, ledgerEntryText } from '../consumers/runtime/shapes/ledger.ts'
import { putOverflowTo } from '../ingest/overflow.ts'
import { isEqual, type Reconciliation, reconcile } from '../local/reconcile/reconcile.ts'
import { describe as inWords, toJson } from '../local/reconcile/report.ts'
import { aClick, aDelivery, anEvent, aRecord, noon } from './support/events.ts'
import { eventually } from './support/eventually.ts'
import { runToEnd as runCommand } from './support/retrace.ts'
import { startStores, type TestStores } from './support/stores.ts'
import {
  freshEnvironment,
  listObjects,
  putRecords,
  putTraffic,
  runToEnd,
  shardReader,
  traffic,
} from './support/stream.ts'

const hour = 3_600_000
/** From noon over midnight, with a few duplicates. */
const deliveries = traffic(200).map((delivery, i) => ({ ...delivery, received: delivery.received + i * 220_000 }))
const range = { from: noon, to: noon + 48 * hour }
/** Just behind the range, so that the ledger still holds it. */
const now = range.to

const load = 'c'.repeat(16)
const received = noon + 11 * hour
const batch = aRecord(
  [aDelivery({ received, events: [anEvent({ load, at: received }), aClick({ load, n: 1, at: received })] })],
  { producerSequence: 3 },
)
const bot = aDelivery({ userAgent: 'curl/8.5.0', events: [anEvent({ load: 'b'.repeat(16) })] })
/** A page whose clock is wrong, one that sends late, and an import of long ago. */
const oddTimes = [
  aDelivery({ received, sentAt: 5000, events: [anEvent({ load: '1'.repeat(16), at: 1000 })] }),
  aDelivery({ received, sentAt: received, events: [anEvent({ load: '2'.repeat(16), at: received - 80 * hour })] }),
  { ...aDelivery({ received, events: [anEvent({ load: '3'.repeat(16), at: 1_400_000_000_000 })] }), sentAt: undefined },
].map(({ sentAt, ...delivery }) => (sentAt === undefined ? delivery : { ...delivery, sentAt }))
/** What nobody can read is in the minute in which it came. */
const accepted = 200 + 4 + 1 + 3

let stores: TestStores
let environment: ConsumerEnvironment
let result: Reconciliation

async function consumed(name: string, cutAt?: number): Promise<ConsumerEnvironment> {
  const fresh = await freshEnvironment(name)
  const cuts = createCutStore(fresh.clients.dynamo, fresh.table('control'))
  if (cutAt !== undefined) await cuts.make({ at: cutAt }, cutAt - minCutAheadMs)
  await runToEnd(composeAggregator(fresh), stores.settings, 100)
  await runToEnd(composeArchiver(fresh), stores.settings, 100)
  return fresh
}

beforeAll(async () => {
  stores = await startStores()
  const { settings } = stores
  await putTraffic(settings, deliveries)
  const others = [
    aRecord([bot], { producerSequence: 0 }),
    aRecord(oddTimes, { producerSequence: 1, createdAt: received }),
    batch,
    batch,
    Buffer.from('garbage'),
  ]
  await putRecords(settings, others, 'another shard')
  environment = await consumed('whole')
  result = await reconcile(environment, { range, now })
})
afterAll(() => stores.close())

const dynamo = () => new DynamoDBClient({})
const broken = ({ lines }: Reconciliation) => lines.filter(({ verdict }) => verdict.kind === 'unbalanced')

describe('reconcile', () => {
  it('finds that all events are accounted for', () => {
    const pairs = new Set(deliveries.flatMap(({ events }) => events.map(({ load, n }) => `${load} ${n}`)))
    expect(broken(result)).toEqual([])
    expect(result.totals).toEqual({
      accepted,
      aggregated: pairs.size + 2 + 3,
      duplicate: 200 - pairs.size + 2,
      filtered: 1,
      quarantined: 0,
      archived: accepted,
    })
    expect(result.balanced).toBe(true)
  })

  it('counts the same page views and clicks in the archive as the cells have, over midnight and odd clocks', () => {
    expect(result.cells.length).toBeGreaterThan(5)
    expect(new Set(result.cells.map(({ key }) => key.segment))).toEqual(new Set(['2026-03-10', '2026-03-11']))
    for (const check of result.cells) {
      expect(check.notYet).toBe(false)
      expect(check.archive).toEqual(check.cell)
    }
    const imported = result.cells.find(({ key }) => new Date(key.start).getUTCFullYear() === 2014)
    expect(imported?.archive).toEqual({ pageviews: 1, clicks: 0 })
  })

  it('looks at one site alone when told to', async () => {
    const { cells, balanced } = await reconcile(environment, { range, site: 'other', now })
    expect(new Set(cells.map(({ key }) => key.site))).toEqual(new Set(['other']))
    expect(balanced).toBe(true)
  })

  it('names the batches that are missing between others, and says where one waits', async () => {
    expect(result.gaps).toEqual([
      {
        producer: '0123456789abcdef',
        from: 2,
        to: 2,
        shardId: expect.stringMatching(/^shardId-/),
        noticedAt: received,
        kind: 'missing',
      },
    ])
    const soon = await reconcile(environment, { range, now: received + 1000 })
    expect(soon.gaps.map(({ kind }) => kind)).toEqual(['recent'])
    const waiting = { createdAt: received, producerId: '0123456789abcdef', sequence: 2, hashKey: '0', record: batch }
    await putOverflowTo(environment.clients.s3, 'whole')(waiting)
    const { gaps, balanced } = await reconcile(environment, { range, now })
    expect(gaps.map(({ kind }) => kind)).toEqual(['inOverflow'])
    expect(balanced).toBe(true)
  })

  it('counts a record that nobody can read as one, quarantined and archived', async () => {
    const around = { from: Date.now() - hour, to: Date.now() + hour }
    const { totals, balanced } = await reconcile(environment, { range: around, now: Date.now() })
    expect(totals).toMatchObject({ accepted: 1, quarantined: 1, archived: 1 })
    expect(balanced).toBe(true)
  })

  it('finds the same in the parts of a day that was cut', async () => {
    const cut = await reconcile(await consumed('cut', noon + hour / 2), { range, now })
    expect(cut.balanced).toBe(true)
    expect(cut.totals).toEqual(result.totals)
    const segments = new Set(cut.cells.map(({ key }) => key.segment))
    expect([...segments]).toEqual(expect.arrayContaining(['2026-03-10', '2026-03-10.1']))
    const pageviews = (of: Reconciliation) => of.cells.reduce((sum, { cell }) => sum + cell.pageviews, 0)
    expect(pageviews(cut)).toBe(pageviews(result))
  })

  it('calls "not yet" what one consumer has not reached', async () => {
    const behind = await freshEnvironment('behind')
    await runToEnd(composeAggregator(behind), stores.settings)
    const before = await reconcile(behind, { range, now })
    expect(before.balanced).toBe(true)
    expect(before.totals.accepted).toBe(0)
    expect(toJson(before)).toMatchObject({ notYet: accepted, accepted: 0, balanced: true })
    expect(inWords(before, undefined)).toContain('archiver still to reach')

    await runToEnd(composeArchiver(behind), stores.settings)
    expect((await reconcile(behind, { range, now })).totals).toEqual(result.totals)
  })

  it('names the minute and shard whose events the aggregator does not account for', async () => {
    const wrong = await consumed('skipped')
    const line = result.lines.find(({ aggregator }) => aggregator && aggregator.counts.aggregated > 0)
    if (!line?.aggregator) throw new Error('nothing was aggregated')
    await dynamo().send(
      new UpdateItemCommand({
        TableName: 'skipped-ledger',
        Key: {
          account: { S: ledgerAccount('aggregator', line.minute) },
          entry: { S: ledgerEntryText(line.aggregator) },
        },
        UpdateExpression: 'ADD aggregated :less',
        ExpressionAttributeValues: { ':less': { N: '-1' } },
      }),
    )
    const found = await reconcile(wrong, { range, now })
    expect(found.balanced).toBe(false)
    expect(broken(found).map(({ minute, shardId }) => ({ minute, shardId }))).toEqual([
      { minute: line.minute, shardId: line.shardId },
    ])
    const text = inWords(found, undefined)
    expect(text).toMatch(/\n {2}2026-03-10T12:00 shardId-\d+: \d+ of \d+ accepted events .* To do: /)
    expect(text).toContain('NOT balanced.')
  })

  it('notices that an object of the archive is gone, in the ledger and in the cells', async () => {
    const wrong = await consumed('deleted')
    const [key = ''] = await listObjects('deleted', 'archive/dt=2026-03-10/hour=14/')
    await wrong.objects.delete(key)
    const found = await reconcile(wrong, { range, now })
    expect(found.balanced).toBe(false)
    const hours = new Set(broken(found).map(({ minute }) => new Date(minute).getUTCHours()))
    expect(hours).toEqual(new Set([14]))
    expect(found.cells.filter((check) => !isEqual(check)).length).toBeGreaterThan(0)
  })

  it('notices that a cell is gone', async () => {
    const wrong = await consumed('lost-cell')
    const lost = result.cells.find(({ archive }) => archive.pageviews > 0)
    if (!lost) throw new Error('there is no cell')
    const key = { ...lost.key, granularity: 'day', generation: liveGeneration } as const
    await dynamo().send(
      new DeleteItemCommand({
        TableName: 'lost-cell-cells',
        Key: { series: { S: seriesOf(key.site, 'day') }, cell: { S: cellText(key) } },
      }),
    )
    const found = await reconcile(wrong, { range, now })
    expect(found.balanced).toBe(false)
    expect(found.cells.filter((check) => !isEqual(check)).map((check) => check.key)).toEqual([
      { site: key.site, segment: key.segment, start: key.start, shardId: key.shardId },
    ])
  })
})

describe('npm run reconcile', () => {
  const run = (...args: string[]) => {
    const env = {
      ...process.env,
      RETRACE_TABLE_PREFIX: 'whole-',
      RETRACE_BUCKET: 'whole',
      RETRACE_DATA_DIR: '/nowhere',
    }
    return runCommand('local/reconcile/cli.ts', args, env)
  }

  it('ends with one JSON object, and 0 when all is balanced', async () => {
    const { code, output } = await run('--from', '2026-03-10', '--to', '2026-03-12T00:00Z', '--json')
    expect(code, output).toBe(0)
    const { totals } = result
    expect(JSON.parse(output.trim().split('\n').at(-1) ?? '')).toMatchObject({ ...totals, balanced: true, notYet: 0 })
  })

  it.each([
    [['--from', 'yesterday'], '--from must be a time such as'],
    [['--from', '2026-03-12', '--to', '2026-03-10'], '--from must lie before --to'],
    [['--wait', 'long'], '--wait must be a number'],
    [['--nonsense'], "Unknown option '--nonsense'"],
  ])('answers wrong arguments %j with what is wrong, and 2', async (args, message) => {
    const { code, output } = await run(...args)
    expect(code).toBe(2)
    expect(output).toContain(message)
    expect(output).toContain('Usage: npm run reconcile')
  })
})

describe('after a split', () => {
  it('knows duplicates that came first in the parent shard', async () => {
    const { settings } = stores
    const kinesis = new KinesisClient({ requestHandler: new NodeHttpHandler() })
    for (const { shardId, startingHashKey } of await shardReader(settings).listShards()) {
      const split = new SplitShardCommand({
        StreamName: settings.RETRACE_STREAM,
        ShardToSplit: shardId,
        NewStartingHashKey: String(BigInt(startingHashKey) + 2n ** 126n),
      })
      // The stream takes no second split before the first is done.
      await eventually(() => kinesis.send(split))
    }
    // One by one this time: the same events in other batches.
    await putTraffic(settings, deliveries, 1)
    const found = await reconcile(await consumed('split'), { range, now })
    expect(broken(found)).toEqual([])
    expect(found.totals).toEqual({
      ...result.totals,
      accepted: accepted + 200,
      duplicate: result.totals.duplicate + 200,
      archived: accepted + 200,
    })
    for (const check of found.cells) expect(check.archive).toEqual(check.cell)
    expect(found.balanced).toBe(true)
  })
})

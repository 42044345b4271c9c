/** `npm run reconcile` where the archive is in Firehose alone: it adds up what it can, and says what it cannot. */
import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { composeAggregator } from '../consumers/aggregator/compose.ts'
import { composeArchiver } from '../consumers/archiver/compose.ts'
import type { ConsumerEnvironment } from '../consumers/runtime/process.ts'
import { ledgerAccount, ledgerEntryText } from '../consumers/runtime/shapes/ledger.ts'
import { type Reconciliation, reconcile } from '../local/reconcile/reconcile.ts'
import { describe as inWords, toJson } from '../local/reconcile/report.ts'
import { writeRunning } from '../local/running.ts'
import { noon } from './support/events.ts'
import { type FirehoseServer, startFirehose } from './support/firehose.ts'
import { makeDataFolder, removeDataFolder, runToEnd as runCommand } from './support/retrace.ts'
import { startStores, type TestStores } from './support/stores.ts'
import { freshEnvironment, putTraffic, runToEnd, traffic } from './support/stream.ts'

const count = 120
const range = { from: noon, to: noon + 24 * 3_600_000 }
const now = range.to
const inFirehose = { RETRACE_ARCHIVE_SINK: 'firehose', RETRACE_FIREHOSE_STREAM: 'warehouse' }

let stores: TestStores
let firehose: FirehoseServer
let environment: ConsumerEnvironment
let result: Reconciliation

beforeAll(async () => {
  stores = await startStores()
  firehose = await startFirehose(() => 'take')
  process.env.AWS_ENDPOINT_URL_FIREHOSE = firehose.url
  await putTraffic(stores.settings, traffic(count))
  environment = await freshEnvironment('warehouse', inFirehose)
  await runToEnd(composeAggregator(environment), stores.settings, 100)
  await runToEnd(composeArchiver(environment), stores.settings, 100)
  result = await reconcile(environment, { range, now })
})
afterAll(async () => {
  await firehose.close()
  await stores.close()
})

it('is balanced when everything is accounted for and handed over', () => {
  expect(firehose.lines()).toHaveLength(count)
  expect(result.totals).toMatchObject({ accepted: count, archived: count })
  expect(result.balanced).toBe(true)
  expect(toJson(result)).toMatchObject({ balanced: true, recounted: false, cells: 0, unbalanced: [] })
})

it('says where the archive is, and that nothing is counted again', () => {
  const text = inWords(result, undefined)
  expect(text).toContain('The archive is in the Firehose delivery stream warehouse')
  expect(text).not.toContain('counted again from the archive')
  expect(text).not.toContain('No batch is missing')
})

it('ends with 0 as a command', async () => {
  const own = { RETRACE_TABLE_PREFIX: 'warehouse-', RETRACE_BUCKET: 'warehouse', RETRACE_DATA_DIR: '/nowhere' }
  const args = ['--from', '2026-03-10', '--to', '2026-03-12', '--json']
  const { code, output } = await runCommand('local/reconcile/cli.ts', args, { ...process.env, ...inFirehose, ...own })
  expect(code, output).toBe(0)
  expect(JSON.parse(output.trim().split('\n').at(-1) ?? '')).toMatchObject({ ...result.totals, balanced: true })
})

it('learns where the archive is from the Retrace that runs here', async () => {
  const folder = await makeDataFolder()
  const elsewhere = { ingestUrl: '', dashboardUrl: '', demoUrl: '', pids: {}, aws: {} }
  writeRunning(folder, { ...elsewhere, archive: inFirehose })
  const own = { RETRACE_TABLE_PREFIX: 'warehouse-', RETRACE_BUCKET: 'warehouse', RETRACE_DATA_DIR: folder }
  const args = ['--from', '2026-03-10', '--to', '2026-03-12']
  const { code, output } = await runCommand('local/reconcile/cli.ts', args, { ...process.env, ...own })
  await removeDataFolder(folder)
  expect(code, output).toBe(0)
  expect(output).toContain('The archive is in the Firehose delivery stream warehouse')
})

it.each([
  ['aggregator', 'aggregated'],
  ['archiver', 'archived'],
] as const)('names the minute in which the %s does not account for an event', async (consumer, what) => {
  const line = result.lines.find((each) => (each[consumer]?.counts[what] ?? 0) > 0)
  const entry = line?.[consumer]
  if (!entry) throw new Error(`nothing was ${what}`)
  const add = (amount: number) =>
    new DynamoDBClient({}).send(
      new UpdateItemCommand({
        TableName: 'warehouse-ledger',
        Key: { account: { S: ledgerAccount(consumer, entry.minute) }, entry: { S: ledgerEntryText(entry) } },
        UpdateExpression: `ADD ${what} :amount`,
        ExpressionAttributeValues: { ':amount': { N: String(amount) } },
      }),
    )
  await add(-1)
  const found = await reconcile(environment, { range, now })
  await add(1)
  expect(found.balanced).toBe(false)
  const broken = found.lines.filter(({ verdict }) => verdict.kind === 'unbalanced')
  expect(broken.map(({ minute, shardId }) => ({ minute, shardId }))).toEqual([
    { minute: entry.minute, shardId: entry.shardId },
  ])
})

/**
 * One's own people, from the request to the dashboard: a rule leaves them out, the account balances, and when the rule
 * goes, a replay brings them back; each figure as an independent count of what was sent has it.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import { S3Client } from '@aws-sdk/client-s3'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { composeAggregator } from '../consumers/aggregator/compose.ts'
import { createCutStore } from '../consumers/aggregator/cuts.ts'
import { createRuleStore } from '../consumers/aggregator/rules/rule-store.ts'
import type { Rules } from '../consumers/aggregator/rules/rules.ts'
import { composeArchiver } from '../consumers/archiver/compose.ts'
import type { ConsumerEnvironment } from '../consumers/runtime/process.ts'
import { trace } from '../consumers/trace/trace.ts'
import { createDynamoClient } from '../dashboard/store/dynamo-client.ts'
import { createSiteStore } from '../dashboard/store/sites.ts'
import { createStore } from '../dashboard/store/store.ts'
import { composeIngest, type Ingest } from '../ingest/compose.ts'
import { isEqual, reconcile } from '../local/reconcile/reconcile.ts'
import { buildSnippet } from '../snippet/build.ts'
import type { TableName } from '../stream/tables.ts'
import { anEvent, chrome } from './support/events.ts'
import { makeDataFolder, removeDataFolder, runToEnd as runProcess } from './support/retrace.ts'
import { compiled } from './support/rules.ts'
import { startStores, type TestStores } from './support/stores.ts'
import { freshEnvironment, runToEnd } from './support/stream.ts'

const dayMs = 86_400_000
const yesterday = Math.floor(Date.now() / dayMs) * dayMs - dayMs
const range = { from: yesterday, to: yesterday + dayMs }
const day = new Date(yesterday).toISOString().slice(0, 10)

/** Who sends: some say a tag, some come from two networks of ours, the others are people. */
const senders = [
  { tag: 'office', address: '198.51.100.1' },
  { tag: 'agency', address: '198.51.100.2' },
  { tag: 'büro', address: '198.51.100.3' },
  { tag: undefined, address: '203.0.113.4' },
  { tag: undefined, address: '2001:db8:1::5' },
  { tag: undefined, address: '2001:db8:2::6' },
  { tag: undefined, address: '198.51.100.7' },
  { tag: undefined, address: '192.0.2.8' },
] as const
type Sent = { at: number; load: string; page: string; tag: string | undefined; address: string }
const sent: Sent[] = Array.from({ length: 120 }, (_, i) => ({
  at: yesterday + 3_600_000 + i * 60_000,
  load: i.toString(16).padStart(16, '0'),
  page: ['/', '/shop', '/help'][i % 3] as string,
  ...(senders[i % senders.length] as (typeof senders)[number]),
}))
const isInternal = ({ tag, address }: Sent) =>
  tag === 'office' || tag === 'büro' || address.startsWith('203.0.113.') || address.startsWith('2001:db8:1:')

let stores: TestStores
let environment: ConsumerEnvironment
let folder: string
let ingest: Ingest
let internal: Rules
let clock = yesterday
beforeAll(async () => {
  // The endpoint hands it out, and does not start without it.
  await buildSnippet()
  stores = await startStores()
  folder = await makeDataFolder()
  const table = (name: TableName) => stores.settings.RETRACE_TABLE_PREFIX + name
  await createSiteStore(createDynamoClient(), table('sites')).keepNetwork('demo', true)
  // A known one, under which no two of these networks have the same hash.
  const Item = { day: { S: 'network' }, salt: { S: 'secret' } }
  await createDynamoClient().send(new PutItemCommand({ TableName: table('salts'), Item }))
  ingest = await composeIngest(stores.settings, pino({ level: 'silent' }), { now: () => clock })
  for (const { at, load, page, tag, address } of sent) {
    clock = at
    const { statusCode } = await ingest.app.inject({
      method: 'POST',
      url: '/v1/events',
      remoteAddress: address,
      headers: { 'content-type': 'text/plain', 'user-agent': chrome },
      payload: JSON.stringify({
        site: 'demo',
        sentAt: at,
        tag,
        events: [anEvent({ load, at, url: `https://shop.example${page}` })],
      }),
    })
    expect(statusCode).toBe(202)
  }
  const networks = [await hashOf('203.0.113.0/24'), await hashOf('2001:db8:1::/48')]
  internal = compiled({
    all: { internal: { tags: ['office'], networks } },
    sites: { demo: { internal: { tags: ['büro'] } } },
  })
  environment = await freshEnvironment('internal')
  await createRuleStore(environment.objects).put(internal)
  const cuts = createCutStore(environment.clients.dynamo, environment.table('control'))
  await cuts.make({ at: yesterday, rules: internal.version }, yesterday - dayMs)
  await runToEnd(composeAggregator(environment), stores.settings)
  await runToEnd(composeArchiver(environment), stores.settings)
}, 60_000)
afterAll(async () => {
  await ingest.app.close()
  await stores.close()
  await removeDataFolder(folder)
})

/** What an owner is told. */
async function hashOf(network: string): Promise<string> {
  const env = { ...process.env, RETRACE_DATA_DIR: folder }
  const { output } = await runProcess('local/rules/cli.ts', ['network', network], env)
  return /^\S+ +([0-9a-f]{4})$/m.exec(output)?.[1] ?? ''
}

/** What a dashboard shows of the day. */
async function shown() {
  const store = createStore({
    dynamo: environment.clients.dynamo,
    s3: new S3Client({}),
    tablePrefix: 'internal-',
    bucket: 'internal',
    now: Date.now,
  })
  const view = await store.views.find()
  if (!view) throw new Error('nothing is published')
  const cells = await store.cells.read('demo', [{ granularity: 'hour', ...range }], view, ['d'])
  const pages: Record<string, number> = {}
  let bots = 0
  for (const { cell } of cells) {
    bots += cell.totals.bots
    for (const [page, { pageviews }] of cell.dimensions.get('page') ?? []) pages[page] = (pages[page] ?? 0) + pageviews
  }
  return { pages, bots }
}

function countOf(list: readonly Sent[]) {
  const pages: Record<string, number> = {}
  for (const { page } of list) pages[page] = (pages[page] ?? 0) + 1
  return { pages, bots: 0 }
}

it('are in no figure while a rule names their tag or network, and the account balances', async () => {
  const people = sent.filter((one) => !isInternal(one))
  expect(await shown()).toEqual(countOf(people))
  const found = await reconcile(environment, { range, now: Date.now() })
  expect(found.totals).toMatchObject({
    accepted: sent.length,
    aggregated: people.length,
    filtered: sent.length - people.length,
    archived: sent.length,
  })
  expect(found.cells.every(isEqual)).toBe(true)
  expect(found.balanced).toBe(true)
})

it.each([
  ['tag', sent[2]],
  ['network', sent[4]],
])('are traced to the rule of their %s', async (mark, one) => {
  const { archived } = await trace(environment, { load: one?.load ?? '', n: 0, site: 'demo' }, range)
  expect(archived).toMatchObject([
    { fate: { outcome: 'filtered', reason: `its ${mark} is internal by the rules ${internal.version}` } },
  ])
  expect(archived[0]?.delivery).toMatchObject({ network: expect.stringMatching(/^[0-9a-f]{4}$/) })
})

it.each(['archive', 'stream'])(
  'come back when the rule is gone and a replay is published, from: %s',
  async (source) => {
    const env = {
      ...process.env,
      RETRACE_DATA_DIR: folder,
      RETRACE_TABLE_PREFIX: 'internal-',
      RETRACE_BUCKET: 'internal',
    }
    const replay = (...args: string[]) => runProcess('local/replay/cli.ts', args, env)
    const rules = join(folder, 'rules.json')
    await writeFile(rules, JSON.stringify({ all: { internal: { tags: [], networks: [] } } }))
    const rebuilt = await replay('--all', '--from', day, '--source', source, '--rules', rules, '--json')
    expect(rebuilt.code, rebuilt.output).toBe(0)
    const { generation, events } = JSON.parse(rebuilt.output.trimEnd().split('\n').at(-1) ?? '')
    expect(events).toBe(sent.length)
    expect(await shown()).toEqual(countOf(sent.filter((one) => !isInternal(one))))

    const published = await replay('publish', generation)
    expect(published.code, published.output).toBe(0)
    expect(await shown()).toEqual(countOf(sent))
    expect((await replay('rollback', generation)).code).toBe(0)
  },
  60_000,
)

/** The dashboard within a test: its app over real tables (dynalite, in memory), and cells to put into them. */
import { CreateTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { KinesisClient } from '@aws-sdk/client-kinesis'
import { S3Client } from '@aws-sdk/client-s3'
import dynalite from 'dynalite'
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import { pino } from 'pino'
import { type Cell, emptyCell, encodeCell, figuresOf, mergeCell } from '../../consumers/aggregator/shapes/cell.ts'
import {
  bucketStart,
  cellText,
  type Granularity,
  granularities,
  seriesOf,
  utcDay,
} from '../../consumers/aggregator/shapes/cell-key.ts'
import { raiseRevisions } from '../../consumers/aggregator/shapes/day-revisions.ts'
import type { Incident } from '../../consumers/anomaly-detector/shapes/incident.ts'
import { incidentToItem } from '../../consumers/anomaly-detector/shapes/incident-item.ts'
import { type Lag, lagAttributes, lagKey } from '../../consumers/runtime/shapes/lag.ts'
import {
  countsToItem,
  type LedgerCounts,
  type LedgerKey,
  ledgerAccount,
  ledgerEntryText,
  noCounts,
} from '../../consumers/runtime/shapes/ledger.ts'
import { createTraces } from '../../consumers/trace/shapes/traces.ts'
import type { Assets } from '../../dashboard/assets.ts'
import { formNames } from '../../dashboard/forms.ts'
import { createDashboard, type DashboardOptions } from '../../dashboard/server.ts'
import type { FactsPlace } from '../../dashboard/store/facts.ts'
import { createStore, type Store } from '../../dashboard/store/store.ts'
import { tables } from '../../stream/tables.ts'
import { close, listen } from './embedded.ts'

export const adminToken = 'correct-horse-battery-staple'
export const bearer = { authorization: `Bearer ${adminToken}` }
/** What the clock of the dashboard shows. */
export const now = Date.parse('2026-11-23T10:20:30Z')

type Where = {
  site: string
  granularity: Granularity
  at: number
  shardId?: string
  generation?: string
  /** Of arrival; by default that of the day that `at` is in. */
  segment?: string
}

/** Whatever an answer holds: tests say what they expect of it. */
type Json = ReturnType<typeof JSON.parse>

export type TestDashboard = {
  app: FastifyInstance
  options: DashboardOptions
  /** Of its tables. */
  client: DynamoDBClient
  /** An answer to the administrator, or to whom the headers say. */
  get(url: string, headers?: Record<string, string>): Promise<{ status: number; body: Json }>
  inject(request: InjectOptions): Promise<LightMyRequestResponse>
  createSite(site: string, timeZone?: string): Promise<void>
  /** Merges into a cell, as the aggregator does, and writes it. */
  putCell(where: Where, counted: Cell): Promise<void>
  /** One visit, in the cells of its minute, hour and day. */
  putVisit(site: string, at: number, hash: number, pageviews: number, shardId?: string): Promise<void>
  putIncident(incident: Incident): Promise<void>
  putLag(lag: Lag): Promise<void>
  putLedger(key: LedgerKey, counts: Partial<LedgerCounts>): Promise<void>
  close(): Promise<void>
}

export type MoreOfDashboard = {
  /** Where filters are answered from; without it the dashboard answers under one value at a time. */
  facts?: FactsPlace
  /** The page, for whom a browser looks at it. */
  assets?: Assets
  /** What else it is made of, over its own tables. */
  more?: (client: DynamoDBClient, store: Store) => Partial<DashboardOptions>
}

export async function startDashboard({ facts, assets = empty, more }: MoreOfDashboard = {}): Promise<TestDashboard> {
  const dynamo = dynalite({ createTableMs: 0 })
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${await listen(dynamo)}`,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  })
  // These tests look at no report, and nothing can be listed: nobody listens at this port.
  const s3 = new S3Client({
    endpoint: 'http://127.0.0.1:1',
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    forcePathStyle: true,
    maxAttempts: 1,
  })
  await createTables(client)
  const place = { dynamo: client, s3, tablePrefix: 'retrace-', bucket: 'none' }
  const store = createStore({ ...place, now: () => now, ...(facts && { facts }) })
  const options: DashboardOptions = {
    store,
    // Nor trace any.
    traces: createTraces({ ...place, kinesis: new KinesisClient({ region: 'eu-central-1' }), stream: 'none' }),
    assets,
    adminToken,
    trustedProxies: 'loopback',
    ingestPort: 8080,
    endpointUrl: '',
    edgeKey: '',
    alertWays: { loopbackWebhooks: true, email: true, topics: [] },
    logger: pino({ level: 'silent' }),
    now: () => now,
    ...more?.(client, store),
  }
  const app = await createDashboard(options)
  const cells = new Map<string, Cell>()
  let sequence = 0

  async function putCell(where: Where, counted: Cell): Promise<void> {
    const { site, granularity, at, shardId = 'shardId-0', generation = 'live', segment = utcDay(at) } = where
    const key = { site, granularity, start: bucketStart(granularity, at), segment, generation, shardId }
    const item = { series: { S: seriesOf(site, granularity) }, cell: { S: cellText(key) } }
    const cell = cells.get(JSON.stringify(item)) ?? emptyCell()
    mergeCell(cell, counted)
    cells.set(JSON.stringify(item), cell)
    sequence += 1
    const state = { sequence: { S: String(sequence) }, data: { B: encodeCell(cell) } }
    await client.send(new PutItemCommand({ TableName: 'retrace-cells', Item: { ...item, ...state } }))
    await raiseRevisions(client, 'retrace-revisions', site, [utcDay(at)])
  }

  return {
    app,
    options,
    client,
    putCell,
    inject: (request) => app.inject(request),
    async get(url, headers = bearer) {
      const answer = await app.inject({ url, headers })
      return { status: answer.statusCode, body: answer.json() }
    },
    async createSite(site, timeZone = 'UTC') {
      const payload = { site, name: site, timeZone }
      const answer = await app.inject({ method: 'POST', url: '/api/sites', headers: bearer, payload })
      if (answer.statusCode !== 201) throw new Error(answer.body)
    },
    async putVisit(site, at, hash, pageviews, shardId = 'shardId-0') {
      for (const granularity of granularities) await putCell({ site, granularity, at, shardId }, visit(hash, pageviews))
    },
    async putIncident(incident) {
      const Item = incidentToItem(incident, incident.at)
      await client.send(new PutItemCommand({ TableName: 'retrace-incidents', Item }))
    },
    async putLag(lag) {
      const Item = { ...lagKey(lag), ...lagAttributes(lag) }
      await client.send(new PutItemCommand({ TableName: 'retrace-lag', Item }))
    },
    async putLedger(key, counts) {
      const Item = {
        account: { S: ledgerAccount(key.consumer, key.minute) },
        entry: { S: ledgerEntryText(key) },
        ...countsToItem({ ...noCounts(), ...counts }),
        sequence: { S: '1' },
      }
      await client.send(new PutItemCommand({ TableName: 'retrace-ledger', Item }))
    },
    async close() {
      await app.close()
      await close(dynamo)
      client.destroy()
    },
  }
}

/** What a visitor does: page views of `/`, by way of a search engine, with one click, in half a minute. */
export function visit(hash: number, pageviews: number): Cell {
  const cell = emptyCell()
  for (const figures of [cell.totals, figuresOf(cell, 'page', '/'), figuresOf(cell, 'referrer', 'google.com')]) {
    figures.pageviews += pageviews
    figures.visits += 1
    figures.clicks += 1
    figures.bounces += pageviews === 1 ? 1 : 0
    figures.visitMs += 30_000
    figures.visitors.add(hash)
  }
  return cell
}

/** Documents that say nothing: these tests ask the API. */
const text = Buffer.from('<p>')
const document = { type: 'text/html', etag: '"x"', immutable: false, plain: text, br: text, gzip: text }
const empty: Assets = new Map(['index.html', ...formNames].map((name) => [name, document]))

async function createTables(client: DynamoDBClient): Promise<void> {
  for (const name of [
    'sites',
    'cells',
    'revisions',
    'control',
    'access',
    'incidents',
    'lag',
    'ledger',
    'archive',
    'checkpoints',
  ] as const) {
    const { partitionKey, sortKey }: { partitionKey: string; sortKey?: string } = tables[name]
    const keys = [partitionKey, ...(sortKey ? [sortKey] : [])]
    await client.send(
      new CreateTableCommand({
        TableName: `retrace-${name}`,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
        KeySchema: keys.map((AttributeName, i) => ({ AttributeName, KeyType: i === 0 ? 'HASH' : 'RANGE' })),
      }),
    )
  }
}

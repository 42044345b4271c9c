/** The archive of one site, downloaded: over real stores and HTTP, counted by DuckDB, which knows nothing of our reader. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { composeArchiver, parquetStores } from '../consumers/archiver/compose.ts'
import { rowGroupRows } from '../consumers/archiver/parquet.ts'
import { createParquetSink } from '../consumers/archiver/parquet-sink.ts'
import type { ArchiveRow } from '../consumers/archiver/rows.ts'
import { createCompactor } from '../consumers/compactor/compactor.ts'
import type { ConsumerEnvironment } from '../consumers/runtime/process.ts'
import { mostExports } from '../dashboard/routes/export.ts'
import { createDashboard } from '../dashboard/server.ts'
import { createStore } from '../dashboard/store/store.ts'
import { atOnce, deliveries, hourMs, store as storeRows } from './support/archive.ts'
import { bearer, startDashboard, type TestDashboard } from './support/dashboard.ts'
import { aDelivery, anEvent } from './support/events.ts'
import { eventually } from './support/eventually.ts'
import { startStores, type TestStores } from './support/stores.ts'
import { freshEnvironment, putTraffic, runToEnd } from './support/stream.ts'

const dayMs = 24 * hourMs
/** The same again a day later: what a range must leave out. */
const later = deliveries.map((delivery) => ({ ...delivery, received: delivery.received + dayMs }))
const all = [...deliveries, ...later]
const countOf = (site: string, among = all) =>
  among.filter((each) => each.site === site).reduce((sum, { events }) => sum + events.length, 0)

let stores: TestStores
let environment: ConsumerEnvironment
let dashboard: TestDashboard
let duckdb: DuckDBConnection
let folder: string
const apps: FastifyInstance[] = []
let address: string

beforeAll(async () => {
  stores = await startStores()
  await putTraffic(stores.settings, all)
  environment = await freshEnvironment('exported')
  dashboard = await startDashboard()
  for (const site of ['demo', 'other', 'quiet']) await dashboard.createSite(site)
  folder = await mkdtemp(join(tmpdir(), 'retrace-export-'))
  duckdb = await (await DuckDBInstance.create(':memory:')).connect()
  await runToEnd(composeArchiver(environment), stores.settings)
  address = await listenOver(environment, 'exported')
}, 60_000)
afterAll(async () => {
  duckdb?.closeSync()
  for (const app of apps) await app.close()
  await dashboard?.close()
  await stores?.close()
  await rm(folder, { recursive: true })
})

/** A dashboard whose sites are those of this file, over the archive of an environment. */
async function listenOver({ clients }: ConsumerEnvironment, name: string): Promise<string> {
  const { archive } = createStore({
    dynamo: clients.dynamo,
    s3: clients.s3,
    tablePrefix: `${name}-`,
    bucket: name,
    now: Date.now,
  })
  const app = await createDashboard({ ...dashboard.options, store: { ...dashboard.options.store, archive } })
  apps.push(app)
  return app.listen({ host: '127.0.0.1', port: 0 })
}

const ask = (path: string, options: RequestInit = {}, at = address) =>
  fetch(`${at}/api/sites/${path}`, { headers: bearer, ...options })

async function rowsOf(path: string, at = address): Promise<Record<string, unknown>[]> {
  const answer = await ask(path, {}, at)
  expect(answer.status).toBe(200)
  const file = join(folder, `${crypto.randomUUID()}.parquet`)
  await writeFile(file, new Uint8Array(await answer.arrayBuffer()))
  return (await duckdb.runAndReadAll(`select * from read_parquet('${file}')`)).getRowObjectsJson()
}

/** That no place comes twice, and that each shard's are in stream order. */
function expectStreamOrder(rows: Record<string, unknown>[]): void {
  const places = rows.map(({ shard, sequence, index }) => `${shard} ${String(sequence).padStart(60, '0')} ${index}`)
  expect(new Set(places).size).toBe(places.length)
  for (const shard of Map.groupBy(places, (place) => place.split(' ')[0]).values())
    expect(shard).toEqual([...shard].sort())
}

describe('the archive of a site', () => {
  it.each(['demo', 'other'])('of %s holds its rows, each once, in stream order, and nobody else’s', async (site) => {
    const rows = await rowsOf(`${site}/export`)
    expect(new Set(rows.map((row) => row.site))).toEqual(new Set([site]))
    expect(rows).toHaveLength(countOf(site))
    expectStreamOrder(rows)
  })

  it('holds of a range of days what arrived on them', async () => {
    expect(await rowsOf('demo/export?from=2026-03-10&to=2026-03-10')).toHaveLength(countOf('demo', deliveries))
    expect(await rowsOf('demo/export?from=2026-03-11')).toHaveLength(countOf('demo', later))
    expect(await rowsOf('demo/export?to=2026-03-10')).toHaveLength(countOf('demo', deliveries))
  })

  it('is the same after its objects were merged', async () => {
    const before = await rowsOf('demo/export')
    const compactor = createCompactor(parquetStores(environment), atOnce)
    for (const day of ['2026-03-10', '2026-03-11']) await compactor.compactDay(day)
    expect(await rowsOf('demo/export')).toEqual(before)
  })

  it('is a file without rows where others alone have any', async () => {
    expect(await rowsOf('quiet/export')).toEqual([])
  })

  it('says what it is called, and to HEAD no more than that', async () => {
    const answer = await ask('demo/export?to=2026-03-11', { method: 'HEAD' })
    expect(answer.headers.get('content-type')).toBe('application/vnd.apache.parquet')
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="demo-2026-03-10-2026-03-11.parquet"')
    expect((await answer.arrayBuffer()).byteLength).toBe(0)
  })
})

describe('what cannot be downloaded', () => {
  it.each([
    ['from=soon', 400, 'bad_parameter', 'from must be a day such as 2026-11-23'],
    ['to=2026-02-30', 400, 'bad_parameter', 'to must be a day such as 2026-11-23'],
    ['from=2026-03-11&to=2026-03-10', 400, 'bad_parameter', 'from must not be after to'],
    ['from=2026-03-12', 404, 'nothing_archived', 'Nothing that arrived on these days is archived.'],
    ['to=2026-03-09', 404, 'nothing_archived', 'Nothing that arrived on these days is archived.'],
  ])('%s', async (query, status, code, message) => {
    const answer = await ask(`demo/export?${query}`)
    expect(answer.status).toBe(status)
    expect(await answer.json()).toEqual({ code, message })
  })

  it('is what an installation without an archive has', async () => {
    const at = await listenOver(await freshEnvironment('unarchived'), 'unarchived')
    expect(await (await ask('demo/export', {}, at)).json()).toMatchObject({ code: 'nothing_archived' })
  })
})

describe('a large archive', () => {
  const rowCount = 3 * rowGroupRows
  let large: string

  beforeAll(async () => {
    const own = await freshEnvironment('large')
    const sink = createParquetSink(parquetStores(own)).open('shardId-000000000000')
    for (let from = 0; from < rowCount; from += rowGroupRows)
      await storeRows(
        sink,
        Array.from({ length: rowGroupRows }, (_, i) => aRow(from + i)),
      )
    large = await listenOver(own, 'large')
  }, 60_000)

  it('comes in row groups, while it is read', async () => {
    const answer = await ask('demo/export', {}, large)
    const file = join(folder, 'large.parquet')
    await writeFile(file, new Uint8Array(await answer.arrayBuffer()))
    const groups = await duckdb.runAndReadAll(
      `select distinct row_group_id, row_group_num_rows from parquet_metadata('${file}') order by 1`,
    )
    expect(groups.getRowObjectsJson().map((row) => Number(row.row_group_num_rows))).toEqual(
      Array.from({ length: 3 }, () => rowGroupRows),
    )
    const counted = await duckdb.runAndReadAll(
      `select count(*) as n, count(distinct load) as loads from read_parquet('${file}')`,
    )
    expect(Number(counted.getRowObjectsJson()[0]?.n)).toBe(rowCount)
    expect(Number(counted.getRowObjectsJson()[0]?.loads)).toBe(rowCount)
  })

  it('leaves its place to others when whoever asked goes away, and is refused while all places are taken', async () => {
    const gone = await Promise.all(Array.from({ length: mostExports }, () => begin(large)))
    const refused = await ask('demo/export', {}, large)
    expect(refused.status).toBe(503)
    expect(refused.headers.get('retry-after')).toBe('30')
    expect(await refused.json()).toMatchObject({ code: 'too_many_exports' })
    for (const end of gone) end()
    await eventually(async () => (await ask('demo/export', { method: 'HEAD' }, large)).status === 200)
  })
})

/** Asks, reads nothing, and answers with what goes away. */
function begin(at: string): Promise<() => void> {
  const { port } = new URL(at)
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path: '/api/sites/demo/export', headers: bearer })
    asked.once('response', (answer) => {
      answer.pause()
      answer.on('error', () => {})
      resolve(() => asked.destroy())
    })
    asked.once('error', reject)
    asked.end()
  })
}

/** Texts that zstd cannot make small: what nobody reads must not fit into the buffers of a socket. */
function aRow(n: number): ArchiveRow {
  const { events, ...delivery } = aDelivery({ visitor: `${n}`.padStart(16, '5') })
  const title = Array.from({ length: 4 }, () => crypto.randomUUID()).join('')
  return {
    shardId: 'shardId-000000000000',
    sequence: `${n + 1}`.padStart(20, '1'),
    index: 0,
    producerId: 'fedcba9876543210',
    producerSequence: n,
    traceId: '0'.repeat(32),
    delivery,
    event: anEvent({ ...events[0], load: n.toString(16).padStart(16, '0'), title }),
  }
}

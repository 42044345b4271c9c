/** A site keeps its events and figures for as long as its owners say, and the others keep theirs. */
import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parseCellKey } from '../consumers/aggregator/shapes/cell-key.ts'
import { parquetStores } from '../consumers/archiver/compose.ts'
import { listArchive } from '../consumers/archiver/read-archive.ts'
import type { ConsumerEnvironment } from '../consumers/runtime/process.ts'
import { type Site, siteToItem } from '../stream/site.ts'
import { readEvents } from './support/archive.ts'
import { consumed, erase } from './support/erased.ts'
import { noon } from './support/events.ts'
import { daysOfTraffic } from './support/replayed.ts'
import { startStores, type TestStores } from './support/stores.ts'
import { dumpTable, listObjects, putTraffic } from './support/stream.ts'

const dayMs = 86_400_000
/** From noon of 10 March to noon of 14 March. */
const deliveries = daysOfTraffic(300, 4)
const range = { from: noon - dayMs, to: noon + 5 * dayMs }
/** Two whole days before are 13 and 14 March. */
const now = Date.parse('2026-03-15T06:00:00Z')
const firstKept = Date.parse('2026-03-13')

let stores: TestStores
let environment: ConsumerEnvironment
beforeAll(async () => {
  stores = await startStores()
  await putTraffic(stores.settings, deliveries)
  environment = await consumed('keeping', stores.settings)
})
afterAll(() => stores.close())

async function keep(days: Pick<Site, 'archiveDays' | 'figureDays'>): Promise<void> {
  const site = { site: 'demo', name: 'Demo', origins: [], timeZone: 'UTC', queryParams: [], createdAt: noon, ...days }
  const Item = siteToItem({ ...site, strict: false, network: false })
  await environment.clients.dynamo.send(new PutItemCommand({ TableName: environment.table('sites'), Item }))
}

const all = deliveries.flatMap(({ events, ...delivery }) => events.map((event) => ({ delivery, event })))
const kept = all.filter(({ delivery }) => delivery.site !== 'demo' || delivery.received >= firstKept)
const keyOf = (item: string) => {
  const [, cell = '', series = ''] = /cell=\{"S":"([^"]+)"\}.*series=\{"S":"([^"]+)"\}/.exec(item) ?? []
  return parseCellKey(series, cell)
}

it('erases nothing as long as nobody says how long', async () => {
  expect(await erase(environment, { now: () => now - dayMs })).toMatchObject({ faults: [] })
  expect(await readEvents(environment, range)).toHaveLength(all.length)
})

it('erases events and figures of days that are over, of this site alone, and what objects were before later', async () => {
  const before = await dumpTable(environment.table('cells'))
  const revised = await dumpTable(environment.table('revisions'))
  await keep({ archiveDays: 2, figureDays: 2 })
  expect(await erase(environment, { now: () => now, graceMs: 60_000 })).toMatchObject({ faults: [] })
  expect(kept.length).toBeLessThan(all.length - 30)
  expect(await readEvents(environment, range)).toEqual(kept)
  const cells = await dumpTable(environment.table('cells'))
  expect(cells).toEqual(
    before.filter((item) => {
      const { site, start } = keyOf(item)
      return site !== 'demo' || start >= firstKept
    }),
  )
  expect(cells.length).toBeLessThan(before.length - 10)
  // Whoever kept what these days add up to is told.
  const revisedNow = await dumpTable(environment.table('revisions'))
  expect(revisedNow.filter((item) => !revised.includes(item))).toEqual([expect.stringContaining('demo')])
  const named = await listArchive(parquetStores(environment).manifest, range)
  expect((await listObjects('keeping', 'archive/')).length).toBeGreaterThan(named.length)
  await erase(environment, { now: () => now + 60_000, graceMs: 60_000 })
  expect((await listObjects('keeping', 'archive/')).sort()).toEqual(named.map(({ key }) => key).sort())
})

it('goes on a day later with the day that is over then, and keeps the rest when it is to be kept for longer', async () => {
  await erase(environment, { now: () => now + dayMs })
  const later = (days: number) =>
    kept.filter(({ delivery }) => delivery.site !== 'demo' || delivery.received >= firstKept + days * dayMs)
  expect(await readEvents(environment, range)).toEqual(later(1))
  await keep({ archiveDays: 30 })
  await erase(environment, { now: () => now + 2 * dayMs })
  expect(await readEvents(environment, range)).toEqual(later(1))
})

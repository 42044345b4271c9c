/**
 * Facts add up to what the aggregator has counted: for every dimension, with late events, duplicates, bots and visits over
 * midnight, and after a replay by other rules is published. They are never older than what they are made from.
 */
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { composeAggregator } from '../consumers/aggregator/compose.ts'
import { type Cell, counts, emptyCell, Figures, mergeCell } from '../consumers/aggregator/shapes/cell.ts'
import { dimensions } from '../consumers/aggregator/shapes/dimensions.ts'
import { composeArchiver } from '../consumers/archiver/compose.ts'
import { FactsDatabase } from '../consumers/facts/shapes/facts-database.ts'
import { generationsOf } from '../consumers/replay/known.ts'
import type { ConsumerEnvironment } from '../consumers/runtime/process.ts'
import { viewOf } from '../dashboard/query/view.ts'
import { createCellStore } from '../dashboard/store/cells.ts'
import type { Delivery } from '../stream/event.ts'
import { ask, close as closeSite, erase } from './support/erased.ts'
import { aDelivery, anEvent, aRecord, noon } from './support/events.ts'
import { others, visits } from './support/every-dimension.ts'
import { FactSums, factsOf, limits, makeFactsFolder } from './support/facts.ts'
import { makeDataFolder, removeDataFolder, runToEnd as runProcess } from './support/retrace.ts'
import { startStores, type TestStores } from './support/stores.ts'
import { freshEnvironment, putRecords, putTraffic, runToEnd } from './support/stream.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const midnight = noon + 12 * hourMs
const period = { from: noon - 12 * hourMs - dayMs, to: noon + 96 * hourMs }
const robot = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'

const moved = (list: readonly Delivery[], site: string): Delivery[] => list.map((each) => ({ ...each, site }))
const late = (hours: number, i: number): Delivery => {
  const at = midnight - 5 * hourMs + i * 1000
  const load = `e${i.toString(16).padStart(15, '0')}`
  const received = at + hours * hourMs
  return aDelivery({
    received,
    sentAt: received - 5,
    visitor: `${i}`.padStart(16, 'd'),
    events: [anEvent({ load, at })],
  })
}

/** Two evenings, the second one over midnight, with what comes twice, late, too late, and from programs. */
const evenings: Delivery[] = [
  ...visits(noon - dayMs, 600, 3),
  ...visits(midnight - 150_000, 600, 7),
  ...others(midnight - 720_000),
  ...others(midnight - 720_000),
  ...moved(others(midnight - 720_000), 'other'),
  ...visits(midnight - 100_000, 20, 9).map((each) => ({ ...each, userAgent: robot })),
  ...[1, 30, 71, 80].flatMap((hours) => [0, 1, 2].map((i) => late(hours, hours * 10 + i))),
].sort((a, b) => a.received - b.received)

let stores: TestStores
let environment: ConsumerEnvironment
let files: Awaited<ReturnType<typeof makeFactsFolder>>
beforeAll(async () => {
  stores = await startStores()
  files = await makeFactsFolder()
  environment = await freshEnvironment('facts')
  await putTraffic(stores.settings, evenings, 10)
  await consume()
}, 120_000)
afterAll(async () => {
  await files?.remove()
  await stores?.close()
})

async function consume(): Promise<void> {
  await runToEnd(composeAggregator(environment), stores.settings, 100)
  await runToEnd(composeArchiver(environment), stores.settings, 100)
}

/** What counts of the period, by the cells of its days. */
async function cellsOf(): Promise<Cell> {
  const store = createCellStore(environment.clients.dynamo, environment.table('cells'), async () => [])
  const view = viewOf(await generationsOf(environment).publications())
  const sum = emptyCell()
  for (const { cell } of await store.read('demo', [{ granularity: 'day', ...period }], view, ['d', 'p'], true))
    mergeCell(sum, cell)
  return sum
}

const plain = (figures: Figures) => ({
  ...Object.fromEntries(counts.map((count) => [count, figures[count]])),
  visitors: figures.visitors.toText(),
})
/** A page that was the last for a while is no exit any more: nothing is said of it. */
const told = (values: ReadonlyMap<string, Figures> | undefined) =>
  Object.fromEntries(
    [...(values ?? [])]
      .map(([value, figures]) => [value, plain(figures)] as const)
      .filter(([, figures]) => Object.values(figures).some(Boolean)),
  )

async function sums(): Promise<FactSums> {
  return FactSums.open(await factsOf(environment, files.folder, period), period)
}

async function expectEqual(): Promise<Cell> {
  const cells = await cellsOf()
  const facts = await sums()
  expect(plain(await facts.totals())).toEqual(plain(cells.totals))
  for (const dimension of dimensions) {
    const ofFacts = told(await facts.by(dimension))
    expect(ofFacts, dimension).toEqual(told(cells.dimensions.get(dimension)))
    expect(Object.keys(ofFacts).length, dimension).toBeGreaterThan(0)
  }
  facts.close()
  return cells
}

describe('facts', () => {
  it('add up to the aggregates, whatever dimension they are looked at by', async () => {
    const { totals } = await expectEqual()
    expect(totals.bots).toBeGreaterThan(0)
    expect(totals.late).toBe(3)
  })

  it('of one value are what cells say of it, and of all other values the rest', async () => {
    const cells = await cellsOf()
    const facts = await sums()
    const [country, figures] = [...(cells.dimensions.get('country') ?? [])][1] ?? []
    expect(plain(await facts.totals(`country = '${country}'`))).toEqual(plain(figures ?? new Figures()))
    const rest = await facts.totals(`country IS DISTINCT FROM '${country}'`)
    for (const count of counts) expect(rest[count], count).toBe(cells.totals[count] - (figures?.[count] ?? 0))
    facts.close()
  })

  it('tell where visits ended that came alike, though their last page is learnt later', async () => {
    const facts = await sums()
    for (const where of [`country = 'DE'`, `page = '/' AND country = 'DE'`]) {
      const { visits: begun } = await facts.totals(where)
      const exits = [...(await facts.by('exit', where)).values()]
      expect(begun).toBeGreaterThan(0)
      expect(exits.length).toBeGreaterThan(1)
      expect(exits.reduce((sum, { visits: ended }) => sum + ended, 0)).toBe(begun)
      expect(exits.every(({ visits: ended }) => ended >= 0)).toBe(true)
    }
    facts.close()
  })

  it('name the visit that each of them is of, the same before and after midnight', async () => {
    const facts = await factsOf(environment, files.folder, period)
    const database = await FactsDatabase.open({ files: facts.files, ...period }, limits)
    const { rows } = await database.ask(
      `SELECT sum(visits)::INTEGER, sum(visit_ms)::INTEGER, (epoch_ms(max("time")) - epoch_ms(min("time")))::INTEGER,
         count(DISTINCT "time"::DATE)::INTEGER
       FROM facts WHERE visit_id IS NOT NULL GROUP BY visit_id`,
    )
    database.close()
    const { totals } = await cellsOf()
    expect(rows).toHaveLength(totals.visits)
    expect(rows.every(([begun]) => begun === 1)).toBe(true)
    // A duration is from the first event to the last, as the aggregator found it step by step.
    expect(rows.filter(([, duration, between]) => (duration ?? 0) !== between)).toEqual([])
    expect(rows.filter(([, , , days]) => days === 2).length).toBeGreaterThan(3)
  })

  it('are made once', async () => {
    const before = (await readdir(join(files.folder, 'demo'))).sort()
    await factsOf(environment, files.folder, period)
    expect((await readdir(join(files.folder, 'demo'))).sort()).toEqual(before)
    expect(before.length).toBeGreaterThan(3)
  })
})

describe('facts are made anew', () => {
  it('when something arrives late', async () => {
    const before = await cellsOf()
    const at = noon - dayMs + 1000
    const event = anEvent({ load: 'abcdefabcdef0123', at, url: 'https://shop.example/late' })
    const visitor = 'f'.repeat(16)
    const record = aRecord([aDelivery({ received: at + 1000, sentAt: at + 900, visitor, events: [event] })], {
      producerId: 'fedcba9876543211',
    })
    await putRecords(stores.settings, [record])
    await consume()
    const { totals } = await expectEqual()
    expect(totals.events).toBe(before.totals.events + 1)
  })

  it('when a replay by other rules is published, and when it is rolled back', async () => {
    const folder = await makeDataFolder()
    const before = await cellsOf()
    const rules = join(folder, 'rules.json')
    await writeFile(
      rules,
      JSON.stringify({ all: { visitTimeoutMinutes: 1, pages: [{ match: '/', rename: '/home' }] } }),
    )
    const env = { ...process.env, RETRACE_DATA_DIR: folder, RETRACE_TABLE_PREFIX: 'facts-', RETRACE_BUCKET: 'facts' }
    const days = ['--all', '--from', '2026-03-10', '--to', '2026-03-11', '--source', 'archive']
    const ran = await runProcess('local/replay/cli.ts', [...days, '--rules', rules, '--json'], env)
    expect(ran.code, ran.output).toBe(0)
    const { generation } = JSON.parse(ran.output.trimEnd().split('\n').at(-1) ?? '')
    await expectEqual()
    expect((await generationsOf(environment).publish(generation, Date.now())).outcome).toBe('published')
    const after = await expectEqual()
    expect(after.totals.visits).not.toBe(before.totals.visits)
    expect(after.dimensions.get('page')?.has('/home')).toBe(true)
    expect((await generationsOf(environment).rollback(generation, Date.now())).outcome).toBe('rolled_back')
    expect((await expectEqual()).totals.visits).toBe(before.totals.visits)
    await removeDataFolder(folder)
  }, 60_000)

  it('when a visitor is erased, and nothing of them is left on disk', async () => {
    const visitor = 'f'.repeat(16)
    const before = (await readdir(join(files.folder, 'demo'))).filter((name) => name.startsWith('2026-03-09'))
    await ask(environment, { kind: 'visitor', value: visitor })
    for (let round = 0; round < 6; round++) await erase(environment)
    const facts = await sums()
    expect((await facts.by('page')).has('/late')).toBe(false)
    facts.close()
    const left = (await readdir(join(files.folder, 'demo'))).filter((name) => name.startsWith('2026-03-09'))
    expect(before.length).toBeGreaterThan(0)
    expect(left).toHaveLength(1)
    expect(before).not.toContain(left[0])
  })

  it('and those of a closed site are deleted', async () => {
    await closeSite(environment, 'demo')
    await factsOf(environment, files.folder, { from: 0, to: 1 })
    await expect.poll(() => readdir(files.folder)).not.toContain('demo')
  })
})

/** `npm run replay -- --rules`: figures change just as an independent count of the same events says. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { composeAggregator } from '../consumers/aggregator/compose.ts'
import { createRuleStore } from '../consumers/aggregator/rules/rule-store.ts'
import { emptyCell, mergeCell } from '../consumers/aggregator/shapes/cell.ts'
import type { Dimension } from '../consumers/aggregator/shapes/dimensions.ts'
import { composeArchiver } from '../consumers/archiver/compose.ts'
import { createGenerationStore } from '../consumers/replay/shapes/generation-store.ts'
import type { ConsumerEnvironment } from '../consumers/runtime/process.ts'
import { createCellStore } from '../dashboard/store/cells.ts'
import type { Delivery } from '../stream/event.ts'
import { aDelivery, anEvent, chrome } from './support/events.ts'
import { makeDataFolder, removeDataFolder, runToEnd as runProcess } from './support/retrace.ts'
import { startStores, type TestStores } from './support/stores.ts'
import { freshEnvironment, putTraffic, runToEnd } from './support/stream.ts'

const dayMs = 86_400_000
const yesterday = Math.floor(Date.now() / dayMs) * dayMs - dayMs
const day = new Date(yesterday).toISOString().slice(0, 10)
const robot =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Shopper/2.0'
/** Three visitors on three pages each, every fourth of them a robot that nobody knows yet. */
const deliveries: Delivery[] = Array.from({ length: 120 }, (_, i) => {
  const at = yesterday + 3_600_000 + i * 60_000
  const load = i.toString(16).padStart(16, '0')
  const url = `https://shop.example${['/', '/old-shop', '/help'][i % 3]}`
  const visitor = (1000 + (i % 12)).toString(16).padStart(16, '0')
  const userAgent = i % 4 === 3 ? robot : chrome
  return aDelivery({ received: at, sentAt: at, visitor, userAgent, events: [anEvent({ load, at, url })] })
})

let stores: TestStores
let environment: ConsumerEnvironment
let folder: string
let env: NodeJS.ProcessEnv
beforeAll(async () => {
  stores = await startStores()
  folder = await makeDataFolder()
  await putTraffic(stores.settings, deliveries)
  environment = await freshEnvironment('ruled')
  env = { ...process.env, RETRACE_DATA_DIR: folder, RETRACE_TABLE_PREFIX: 'ruled-', RETRACE_BUCKET: 'ruled' }
  await runToEnd(composeAggregator(environment), stores.settings)
  await runToEnd(composeArchiver(environment), stores.settings)
})
afterAll(async () => {
  await stores.close()
  await removeDataFolder(folder)
})

/** What a generation counts, by the hours of the day. */
async function counted(generation: string) {
  const cells = createCellStore(environment.clients.dynamo, environment.table('cells'), async () => [])
  const range = { granularity: 'hour', from: yesterday, to: yesterday + dayMs } as const
  const sum = emptyCell()
  for (const { cell } of await cells.read('demo', [range], { version: '', generationOf: () => generation }, ['d']))
    mergeCell(sum, cell)
  const by = (dimension: Dimension) =>
    Object.fromEntries([...(sum.dimensions.get(dimension) ?? [])].map(([value, { pageviews }]) => [value, pageviews]))
  return { pageviews: sum.totals.pageviews, bots: sum.totals.bots, pages: by('page') }
}

it('counts a declared bot and a renamed page as an independent count does, and remembers the rules', async () => {
  const file = join(folder, 'rules.json')
  await writeFile(
    file,
    JSON.stringify({ all: { bots: ['Shopper/'], pages: [{ match: '/old-shop', rename: '/shop' }] } }),
  )
  const { code, output } = await runProcess(
    'local/replay/cli.ts',
    ['--site', 'demo', '--from', day, '--rules', file, '--json'],
    env,
  )
  expect(code, output).toBe(0)
  const { generation, identical } = JSON.parse(output.trimEnd().split('\n').at(-1) ?? '')
  expect(identical).toBe(false)

  const people = deliveries.filter(({ userAgent }) => userAgent !== robot)
  const pagesOf = (list: readonly Delivery[]) => {
    const pages: Record<string, number> = {}
    for (const { events } of list)
      for (const { url } of events) pages[new URL(url).pathname] = (pages[new URL(url).pathname] ?? 0) + 1
    return pages
  }
  const { '/old-shop': renamed = 0, ...others } = pagesOf(people)
  expect(await counted('live')).toEqual({ pageviews: 120, bots: 0, pages: pagesOf(deliveries) })
  expect(await counted(generation)).toEqual({ pageviews: 90, bots: 30, pages: { ...others, '/shop': renamed } })

  const record = await createGenerationStore(environment.clients.dynamo, environment.table('control')).find(generation)
  const rules = await createRuleStore(environment.objects).get(record?.rules ?? '')
  expect(rules.of('demo').browserOf(robot).bot).toBe(true)
}, 60_000)

it('says all that is wrong with a file of rules, and begins nothing', async () => {
  const file = join(folder, 'wrong.json')
  await writeFile(file, JSON.stringify({ all: { bots: 'Shopper', visitTimeoutMinutes: 0 } }))
  const { code, output } = await runProcess(
    'local/replay/cli.ts',
    ['--site', 'demo', '--from', day, '--rules', file],
    env,
  )
  expect(code).toBe(1)
  expect(output).toContain('bots')
  expect(output).toContain('visitTimeoutMinutes')
  expect(output).not.toContain('Generation')
})

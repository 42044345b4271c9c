/** The account balances under rules of one's own: whom they leave out, the recount leaves out too. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { composeAggregator } from '../consumers/aggregator/compose.ts'
import { createCutStore } from '../consumers/aggregator/cuts.ts'
import { createRuleStore } from '../consumers/aggregator/rules/rule-store.ts'
import { compileRules } from '../consumers/aggregator/rules/rules.ts'
import { composeArchiver } from '../consumers/archiver/compose.ts'
import type { ConsumerEnvironment } from '../consumers/runtime/process.ts'
import { isEqual, reconcile } from '../local/reconcile/reconcile.ts'
import type { Delivery } from '../stream/event.ts'
import { aDelivery, anEvent, chrome } from './support/events.ts'
import { startStores, type TestStores } from './support/stores.ts'
import { freshEnvironment, putTraffic, runToEnd } from './support/stream.ts'

const dayMs = 86_400_000
const yesterday = Math.floor(Date.now() / dayMs) * dayMs - dayMs
const colleague = 'c0ffee0000000001'
/** Of eight, one each: a program that the rules name, a test host, a colleague, a tagged one; the others are people. */
const deliveries: Delivery[] = Array.from({ length: 80 }, (_, i) => {
  const at = yesterday + 3_600_000 + i * 60_000
  const load = i.toString(16).padStart(16, '0')
  const kind = i % 8
  const url = `https://${kind === 1 ? 'staging.shop.example' : 'www.shop.example'}/page-${i % 3}`
  const userAgent = kind === 0 ? `${chrome} Shopper/2.0` : chrome
  const visitor = kind === 2 ? colleague : (4096 + i).toString(16).padStart(16, '0')
  const mark = kind === 3 ? { tag: 'office' } : {}
  return aDelivery({ received: at, sentAt: at, visitor, userAgent, ...mark, events: [anEvent({ load, at, url })] })
})

let stores: TestStores
let environment: ConsumerEnvironment
beforeAll(async () => {
  stores = await startStores()
  await putTraffic(stores.settings, deliveries)
  environment = await freshEnvironment('ruled-account')
  const compiled = compileRules({
    all: { bots: ['Shopper/'], internal: { hosts: ['staging.shop.example'], visitors: [colleague], tags: ['office'] } },
  })
  if (!compiled.ok) throw new Error(compiled.problems.join())
  await createRuleStore(environment.objects).put(compiled.rules)
  const cuts = createCutStore(environment.clients.dynamo, environment.table('control'))
  await cuts.make({ at: yesterday, rules: compiled.rules.version }, yesterday - dayMs)
  await runToEnd(composeAggregator(environment), stores.settings)
  await runToEnd(composeArchiver(environment), stores.settings)
})
afterAll(() => stores.close())

it('counts what the rules leave out as filtered, and the cells agree with the archive', async () => {
  const found = await reconcile(environment, { range: { from: yesterday, to: yesterday + dayMs }, now: Date.now() })
  expect(found.totals).toMatchObject({ accepted: 80, aggregated: 40, filtered: 40, archived: 80 })
  expect(found.cells.reduce((sum, { cell }) => sum + cell.pageviews, 0)).toBe(40)
  expect(found.cells.every(isEqual)).toBe(true)
  expect(found.balanced).toBe(true)
})

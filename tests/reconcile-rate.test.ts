/** The account balances when somebody came at a rate that only programs reach: the recount knows who that was. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { composeAggregator } from '../consumers/aggregator/compose.ts'
import { composeArchiver } from '../consumers/archiver/compose.ts'
import type { ConsumerEnvironment } from '../consumers/runtime/process.ts'
import { isEqual, type Reconciliation, reconcile } from '../local/reconcile/reconcile.ts'
import { describe as describeAccount, toJson } from '../local/reconcile/report.ts'
import type { Delivery } from '../stream/event.ts'
import { aDelivery, anEvent } from './support/events.ts'
import { startStores, type TestStores } from './support/stores.ts'
import { freshEnvironment, putTraffic, runToEnd } from './support/stream.ts'

const dayMs = 86_400_000
const yesterday = Math.floor(Date.now() / dayMs) * dayMs - dayMs
const begin = yesterday + 3_600_000
const ofProgram = 12_000
const people = 40

/** Page views of one visitor within five seconds. */
function burst(): Delivery[] {
  const size = 400
  return Array.from({ length: ofProgram / size }, (_, i) => {
    const events = Array.from({ length: size }, (_, j) => {
      const load = (i * size + j).toString(16).padStart(16, '0')
      return anEvent({ load, at: begin + Math.floor(((i * size + j) / ofProgram) * 5000) })
    })
    return aDelivery({ received: begin + 6000, sentAt: begin + 6000, visitor: 'f'.repeat(16), events })
  })
}

const ofPeople = Array.from({ length: people }, (_, i): Delivery => {
  const at = begin + i * 60_000
  const load = (ofProgram + i).toString(16).padStart(16, '0')
  return aDelivery({
    received: at,
    sentAt: at,
    visitor: i.toString(16).padStart(16, '0'),
    events: [anEvent({ load, at })],
  })
})

let stores: TestStores
let environment: ConsumerEnvironment
let found: Reconciliation
beforeAll(async () => {
  stores = await startStores()
  await putTraffic(stores.settings, [...burst(), ...ofPeople], 10)
  environment = await freshEnvironment('hurried')
  await runToEnd(composeAggregator(environment), stores.settings)
  await runToEnd(composeArchiver(environment), stores.settings)
  found = await reconcile(environment, { range: { from: yesterday, to: yesterday + dayMs }, now: Date.now() })
}, 60_000)
afterAll(() => stores.close())

it('takes what is missing of such a visitor for left out, and says so', () => {
  const [check] = found.cells
  expect(found.totals).toMatchObject({ accepted: ofProgram + people, filtered: ofProgram - 10_000 })
  expect(check).toMatchObject({
    cell: { pageviews: 10_000 + people },
    archive: { pageviews: ofProgram + people },
    hurried: { pageviews: ofProgram },
  })
  expect(found.balanced).toBe(true)
  expect(describeAccount(found, undefined)).toContain(
    'In 1 of them somebody came at a rate that only programs reach, and was left out from then on: 2,000 page views less than in the archive, of 12,000 of such visitors.',
  )
  expect(toJson(found)).toMatchObject({ cells: 1, hurriedCells: 1, differentCells: [] })
})

it.each([
  ['more than the archive', 12_041],
  ['less than all but that visitor', 39],
])('is not fooled by a cell with %s', (_, pageviews) => {
  const { archive, hurried } = found.cells[0] as Reconciliation['cells'][number]
  expect(isEqual({ cell: { pageviews, clicks: 0 }, archive, hurried })).toBe(false)
})

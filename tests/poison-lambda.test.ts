/** A record that a consumer's own code fails on is passed over in Lambda too, and what a store does wrong is not. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAggregator } from '../consumers/aggregator/aggregator.ts'
import { createCellStore } from '../consumers/aggregator/cell-store.ts'
import { composeAggregator } from '../consumers/aggregator/compose.ts'
import { createCutStore } from '../consumers/aggregator/cuts.ts'
import { failing } from './support/failing.ts'
import { batchOf, bringAll, instanceOf, onSchedule } from './support/lambda.ts'
import { isPoison, putPoisonedTraffic, quarantinedIn } from './support/poison.ts'
import { startStores, type TestStores } from './support/stores.ts'
import { dumpTable, freshEnvironment, shardReader } from './support/stream.ts'

let stores: TestStores
let poisoned: string[]
let withoutPoison: string[]

beforeAll(async () => {
  stores = await startStores()
  ;({ poisoned, withoutPoison } = await putPoisonedTraffic(stores.settings))
})
afterAll(() => stores.close())

describe('poison records in Lambda', () => {
  it.each([
    { size: 1, saveIntervalMs: 0 },
    { size: 9, saveIntervalMs: 0 },
    { size: 1000, saveIntervalMs: 0 },
    { size: 9, saveIntervalMs: 60_000 },
  ])('are passed over in batches of $size, saved every $saveIntervalMs ms', async ({ size, saveIntervalMs }) => {
    const name = `lambda-poison-${size}-${saveIntervalMs}`
    const environment = await freshEnvironment(name)
    const { checkpoints } = environment
    const reader = shardReader(stores.settings)
    const start = (now = Date.now) =>
      instanceOf({ consumer: composeAggregator(environment), reader, checkpoints, saveIntervalMs, now })
    expect(await bringAll(start, reader, { size, coldEvery: 4, twiceEvery: 3 })).toEqual([])
    await start(() => Date.now() + 60_000)(onSchedule)
    expect(await dumpTable(`${name}-cells`)).toEqual(withoutPoison)
    expect(await quarantinedIn(name, 'aggregator')).toEqual(poisoned)
  })

  it('stay with Lambda when it is the store that fails', async () => {
    const environment = await freshEnvironment('lambda-outage')
    const reader = shardReader(stores.settings)
    const down = <T extends object>(store: T) => failing(store, 1, () => 0)
    const cells = down(createCellStore(environment.clients.dynamo, environment.table))
    const ledger = down(environment.ledger)
    const cuts = createCutStore(environment.clients.dynamo, environment.table('control'))
    const aggregator = createAggregator({ ...environment, cells, cuts, ledger, breakdownDelayMs: 0, now: Date.now })
    const handler = instanceOf({ consumer: aggregator, reader, checkpoints: environment.checkpoints })
    for (const { shardId } of await reader.listShards()) {
      const { records } = await reader.open(shardId, undefined).read(1000)
      const sound = records.filter((record) => !isPoison(record))
      if (sound.length === 0) continue
      const answer = await handler(batchOf(shardId, sound))
      expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: sound[0]?.sequenceNumber }] })
    }
    expect(await quarantinedIn('lambda-outage', 'aggregator')).toEqual([])
  })
})

/** A record that a consumer's own code fails on is passed over in Lambda too, and what a store does wrong is not. */
import type { KinesisStreamEvent } from 'aws-lambda'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAggregator } from '../consumers/aggregator/aggregator.ts'
import { createCellStore } from '../consumers/aggregator/cell-store.ts'
import { composeAggregator } from '../consumers/aggregator/compose.ts'
import { createCutStore } from '../consumers/aggregator/cuts.ts'
import type { StreamRecord } from '../consumers/runtime/consumer.ts'
import { createLambdaHandler } from '../consumers/runtime/lambda.ts'
import { failing } from './support/failing.ts'
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
  const eventOf = (shardId: string, records: readonly StreamRecord[]) =>
    ({
      Records: records.map(({ sequenceNumber, data, arrivedAt }) => ({
        eventID: `${shardId}:${sequenceNumber}`,
        kinesis: {
          sequenceNumber,
          partitionKey: 'test',
          data: Buffer.from(data).toString('base64'),
          approximateArrivalTimestamp: arrivedAt / 1000,
        },
      })),
    }) as KinesisStreamEvent

  it.each([1, 9, 1000])('are passed over in batches of %i, and nothing is asked for again', async (size) => {
    const name = `lambda-poison-${size}`
    const environment = await freshEnvironment(name)
    const reader = shardReader(stores.settings)
    for (const { shardId } of await reader.listShards()) {
      const { records } = await reader.open(shardId, undefined).read(1000)
      let handler = createLambdaHandler(composeAggregator(environment), reader, () => {})
      for (let from = 0, batch = 0; from < records.length; from += size, batch++) {
        if (batch % 4 === 3) handler = createLambdaHandler(composeAggregator(environment), reader, () => {})
        const event = eventOf(shardId, records.slice(from, from + size))
        expect(await handler(event)).toEqual({ batchItemFailures: [] })
        if (batch % 3 === 2) expect(await handler(event)).toEqual({ batchItemFailures: [] })
      }
    }
    expect(await dumpTable(`${name}-cells`)).toEqual(withoutPoison)
    expect(await quarantinedIn(name, 'aggregator')).toEqual(poisoned)
  })

  it('stay with Lambda when it is the store that fails', async () => {
    const environment = await freshEnvironment('lambda-outage')
    const reader = shardReader(stores.settings)
    const down = <T extends object>(store: T) => failing(store, 1, () => 0)
    const cells = down(createCellStore(environment.clients.dynamo, environment.table('cells')))
    const ledger = down(environment.ledger)
    const cuts = createCutStore(environment.clients.dynamo, environment.table('control'))
    const aggregator = createAggregator({ ...environment, cells, cuts, ledger, breakdownDelayMs: 0, now: Date.now })
    const handler = createLambdaHandler(aggregator, reader, () => {})
    for (const { shardId } of await reader.listShards()) {
      const { records } = await reader.open(shardId, undefined).read(1000)
      const sound = records.filter((record) => !isPoison(record))
      if (sound.length === 0) continue
      const answer = await handler(eventOf(shardId, sound))
      expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: sound[0]?.sequenceNumber }] })
    }
    expect(await quarantinedIn('lambda-outage', 'aggregator')).toEqual([])
  })
})

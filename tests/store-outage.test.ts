/** A store that fails is waited for, and no record is blamed for it. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { S3Client } from '@aws-sdk/client-s3'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { composeAggregator } from '../consumers/aggregator/compose.ts'
import { createCheckpoints } from '../consumers/runtime/checkpoints.ts'
import { createObjects } from '../consumers/runtime/objects.ts'
import { createQuarantine } from '../consumers/runtime/quarantine.ts'
import { Runner } from '../consumers/runtime/runner.ts'
import { createFaultProxy } from '../load-test/faults/proxy.ts'
import type { FaultRule } from '../load-test/faults/rules.ts'
import { eventually } from './support/eventually.ts'
import { putPoisonedTraffic, quarantinedIn } from './support/poison.ts'
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

describe('a store that is down', () => {
  it('puts nothing but poison into the quarantine, however often it fails', async () => {
    const environment = await freshEnvironment('outage')
    const proxies = await Promise.all(
      ['DYNAMODB', 'S3'].map((service) =>
        createFaultProxy({
          target: process.env[`AWS_ENDPOINT_URL_${service}`] as string,
          seed: 1,
          rules: [],
          now: () => 0,
        }),
      ),
    )
    const oneAttempt = { maxAttempts: 1, requestHandler: new NodeHttpHandler() }
    const dynamo = new DynamoDBClient({ endpoint: proxies[0]?.url ?? '', ...oneAttempt })
    const s3 = new S3Client({ endpoint: proxies[1]?.url ?? '', forcePathStyle: true, ...oneAttempt })
    const objects = createObjects(s3, 'outage')
    const faults: unknown[] = []
    let caughtUp = false
    const runner = new Runner({
      consumer: composeAggregator({
        ...environment,
        clients: { ...environment.clients, dynamo },
        checkpoints: createCheckpoints(dynamo, 'outage-checkpoints'),
        objects,
        quarantine: createQuarantine(objects, () => {}),
      }),
      reader: shardReader(stores.settings),
      pace: {
        pollMs: 1,
        windowMs: 0,
        batchRecords: 10,
        saveIntervalMs: 5,
        readIntervalMs: 0,
        isolation: { retryAttempts: 1, bisect: true, retryDelayMs: 1 },
      },
      retryMs: { first: 1, most: 5 },
      now: Date.now,
      onFault: (_, error) => faults.push(error),
    })
    const rounds: FaultRule[][] = [
      [{ kind: 'throttle' }],
      [{ kind: 'error500', when: { probability: 0.3 } }],
      [{ kind: 'refuse', when: { probability: 0.3 } }],
      [{ kind: 'lostAnswer', when: { probability: 0.2 } }],
    ]
    const running = runner.run()
    for (const rules of rounds) {
      for (const proxy of proxies) proxy.setRules(rules)
      const before = faults.length
      await eventually(() => faults.length >= before + 15, { timeoutMs: 30_000 })
    }
    for (const proxy of proxies) proxy.setRules([])
    await eventually(
      async () => {
        const cells = await dumpTable('outage-cells')
        caughtUp = cells.length === withoutPoison.length && cells.every((cell, i) => cell === withoutPoison[i])
        return caughtUp
      },
      { timeoutMs: 30_000, everyMs: 200 },
    )
    runner.stop()
    await running
    for (const proxy of proxies) await proxy.close()
    expect(caughtUp).toBe(true)
    expect(await quarantinedIn('outage', 'aggregator')).toEqual(poisoned)
  })
})

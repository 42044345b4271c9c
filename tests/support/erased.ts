/** A site, or somebody, that is to be erased from what consumers have made of traffic. */
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { composeAggregator } from '../../consumers/aggregator/compose.ts'
import { composeAnomalyDetector } from '../../consumers/anomaly-detector/compose.ts'
import { composeArchiver } from '../../consumers/archiver/compose.ts'
import { createEraser, type EraserOptions } from '../../consumers/eraser/erase.ts'
import { createErasureStore } from '../../consumers/eraser/shapes/erasure-store.ts'
import type { ErasureRecord } from '../../consumers/eraser/shapes/erasures.ts'
import type { ConsumerEnvironment } from '../../consumers/runtime/process.ts'
import type { Settings } from '../../stream/settings.ts'
import { freshEnvironment, runToEnd } from './stream.ts'

/** Waits for nothing. */
export const atOnce: EraserOptions = { settleMs: 0, graceMs: 0, now: Date.now }

/** All three consumers at the end of the stream, over tables and a bucket of their own. */
export async function consumed(name: string, settings: Settings): Promise<ConsumerEnvironment> {
  const environment = await freshEnvironment(name)
  await consume(environment, settings)
  return environment
}

export async function consume(environment: ConsumerEnvironment, settings: Settings): Promise<void> {
  await Promise.all(
    [composeAggregator, composeArchiver, composeAnomalyDetector].map((compose) =>
      runToEnd(compose(environment), settings, 40),
    ),
  )
}

export const erasuresOf = ({ clients, table }: ConsumerEnvironment) =>
  createErasureStore(clients.dynamo, table('control'))

/** As the dashboard asks for it. */
export async function ask(
  environment: ConsumerEnvironment,
  different: Partial<ErasureRecord> & Pick<ErasureRecord, 'kind'>,
): Promise<string> {
  const id = `asked-${different.kind}`
  const requestedAt = Date.now() - 60_000
  const record = { id, revision: 1, site: 'demo', step: 'waiting', requestedAt, requestedBy: 'olga', rows: {} } as const
  if (different.kind === 'site') await close(environment, different.site ?? 'demo')
  await erasuresOf(environment).create({ ...record, ...different })
  return id
}

export async function close({ clients, table }: ConsumerEnvironment, site: string): Promise<void> {
  await clients.dynamo.send(
    new UpdateItemCommand({
      TableName: table('sites'),
      Key: { site: { S: site } },
      UpdateExpression: 'SET closedAt = :now',
      ExpressionAttributeValues: { ':now': { N: String(Date.now()) } },
    }),
  )
}

export async function erase(environment: ConsumerEnvironment, options: Partial<EraserOptions> = {}) {
  return createEraser(environment, { ...atOnce, ...options }).round()
}

export async function found(environment: ConsumerEnvironment): Promise<ErasureRecord> {
  const [record] = await erasuresOf(environment).list()
  if (!record) throw new Error('nothing was asked for')
  return record
}

/**
 * Hosts a consumer in AWS Lambda behind a Kinesis event source. An invocation brings records of one shard, in order;
 * what it answers with, Lambda brings again. State stays in memory between invocations and is used only while the
 * checkpoint says that nobody else has gone on meanwhile.
 *
 * Records that the consumer fails on are isolated here, within the invocation: Lambda's own bisection and retries cannot
 * tell them from a store that is down, and would give up on both. So only what a store did wrong goes back to Lambda.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { KinesisStreamBatchResponse, KinesisStreamEvent, KinesisStreamRecord } from 'aws-lambda'
import type { Consumer, ShardConsumer, StreamRecord } from './consumer.ts'
import { Isolator, usualIsolation } from './isolation.ts'
import type { BatchReporter } from './lag-reporter.ts'
import { retryConsumerOf } from './quarantine.ts'
import type { ShardReader } from './shard-reader.ts'

export type LambdaHandler = (event: KinesisStreamEvent) => Promise<KinesisStreamBatchResponse>

export function createLambdaHandler(
  consumer: Consumer,
  reader: Pick<ShardReader, 'listShards'>,
  onFault: (shardId: string, error: unknown) => void,
  report: BatchReporter = async () => {},
): LambdaHandler {
  const warm = new Map<string, ShardConsumer>()
  const isolators = new Map<string, Isolator>()

  function isolatorOf(shardId: string): Isolator {
    const known = isolators.get(shardId)
    if (known) return known
    const isolator = new Isolator({
      policy: usualIsolation,
      reopen: () => open(shardId),
      pause: (ms) => sleep(ms),
      onFault: (error) => onFault(shardId, error),
    })
    isolators.set(shardId, isolator)
    return isolator
  }

  async function take(shardId: string): Promise<ShardConsumer> {
    const known = warm.get(shardId)
    if (known && (await known.isCurrent())) return known
    return open(shardId)
  }

  async function open(shardId: string): Promise<ShardConsumer> {
    const shard = (await reader.listShards()).find((candidate) => candidate.shardId === shardId)
    if (!shard) throw new Error(`the stream has no shard ${shardId}`)
    return consumer.open(shard)
  }

  return async (event) => {
    const first = event.Records[0]
    if (!first) return { batchItemFailures: [] }
    // `shardId-000000000006:49590338271490256608559692538361571095921575989136588898`
    const shardId = first.eventID.split(':', 1)[0] ?? ''
    try {
      const records = event.Records.map(toStreamRecord)
      // Every invocation ends with a save, so whatever is opened again begins within this batch.
      const taken = await isolatorOf(shardId).handle(await take(shardId), records)
      warm.set(shardId, taken)
      await report(shardId, records)
      return { batchItemFailures: [] }
    } catch (error) {
      warm.delete(shardId)
      onFault(shardId, error)
      return { batchItemFailures: [{ itemIdentifier: first.kinesis.sequenceNumber }] }
    }
  }
}

function toStreamRecord({ kinesis }: KinesisStreamRecord): StreamRecord {
  return {
    sequenceNumber: kinesis.sequenceNumber,
    data: Buffer.from(kinesis.data, 'base64'),
    arrivedAt: Math.round(kinesis.approximateArrivalTimestamp * 1000),
    retryFor: retryConsumerOf(kinesis.partitionKey),
  }
}

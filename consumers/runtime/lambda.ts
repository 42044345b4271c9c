/**
 * Hosts a consumer in AWS Lambda behind a Kinesis event source. An invocation brings records of one shard, in order;
 * what it answers with, Lambda brings again. Invocations on a schedule bring none: they save what silent shards left
 * unsaved (lambda-shards.ts).
 *
 * Records that the consumer fails on are isolated here, within the invocation: Lambda's own bisection and retries cannot
 * tell them from a store that is down, and would give up on both. So only what a store did wrong goes back to Lambda.
 */
import type { KinesisStreamBatchResponse, KinesisStreamEvent, KinesisStreamRecord, ScheduledEvent } from 'aws-lambda'
import type { BatchMetrics } from './batch-metrics.ts'
import type { Checkpoints } from './checkpoints.ts'
import type { StreamRecord } from './consumer.ts'
import type { BatchReporter } from './lag-reporter.ts'
import { LambdaShards, type LambdaShardsOptions } from './lambda-shards.ts'
import { retryConsumerOf } from './quarantine.ts'

export type LambdaHandler = (event: KinesisStreamEvent | ScheduledEvent) => Promise<KinesisStreamBatchResponse>

export type LambdaOptions = LambdaShardsOptions & {
  checkpoints: Pick<Checkpoints, 'unsaved'>
  report: BatchReporter
  /** Is told of each batch, and of what became of it. */
  batchEnded?: (...args: Parameters<BatchMetrics['ended']>) => void | Promise<void>
}

/** Longer than batches are apart while visitors come: nobody is about to go on with the shard. */
const silentMs = 30_000

const nothingFailed: KinesisStreamBatchResponse = { batchItemFailures: [] }

export function createLambdaHandler(options: LambdaOptions): LambdaHandler {
  const { consumer, reader, checkpoints, report, batchEnded, now, onFault } = options
  const shards = new LambdaShards(options)

  async function handle(Records: readonly KinesisStreamRecord[]): Promise<KinesisStreamBatchResponse> {
    const [first] = Records
    if (!first) return nothingFailed
    // `shardId-000000000006:49590338271490256608559692538361571095921575989136588898`
    const shardId = first.eventID.split(':', 1)[0] ?? ''
    const begunAt = now()
    const records = Records.map(toStreamRecord)
    try {
      await shards.handle(shardId, records)
      await report(shardId, records)
      await batchEnded?.(shardId, records, begunAt, true)
      return nothingFailed
    } catch (error) {
      onFault(shardId, error)
      await batchEnded?.(shardId, records, begunAt, false)
      return { batchItemFailures: [{ itemIdentifier: first.kinesis.sequenceNumber }] }
    }
  }

  /** @throws what kept it from saving a shard, for the function's error count; the next schedule tries it again */
  async function settleSilentShards(): Promise<KinesisStreamBatchResponse> {
    const silent = (await checkpoints.unsaved(consumer.name)).filter(({ handledAt }) => now() - handledAt >= silentMs)
    if (silent.length === 0) return nothingFailed
    // What lies beyond retention cannot be read again.
    const listed = new Set((await reader.listShards()).map(({ shardId }) => shardId))
    const faults: unknown[] = []
    for (const { shardId } of silent.filter((shard) => listed.has(shard.shardId)))
      await shards.settle(shardId).catch((error: unknown) => {
        onFault(shardId, error)
        faults.push(error)
      })
    if (faults.length > 0) throw new AggregateError(faults, `${faults.length} silent shards could not be saved`)
    return nothingFailed
  }

  return (event) => ('Records' in event ? handle(event.Records) : settleSilentShards())
}

function toStreamRecord({ kinesis }: KinesisStreamRecord): StreamRecord {
  return {
    sequenceNumber: kinesis.sequenceNumber,
    data: Buffer.from(kinesis.data, 'base64'),
    arrivedAt: Math.round(kinesis.approximateArrivalTimestamp * 1000),
    retryFor: retryConsumerOf(kinesis.partitionKey),
  }
}

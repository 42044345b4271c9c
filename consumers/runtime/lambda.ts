/**
 * Hosts a consumer in AWS Lambda behind a Kinesis event source. An invocation brings records of one shard, in order;
 * what it answers with, Lambda brings again. State stays in memory between invocations and is used only while the
 * checkpoint says that nobody else has gone on meanwhile.
 */
import type { KinesisStreamBatchResponse, KinesisStreamEvent, KinesisStreamRecord } from 'aws-lambda'
import type { Consumer, ShardConsumer, StreamRecord } from './consumer.ts'
import type { BatchReporter } from './lag-reporter.ts'
import type { ShardReader } from './shard-reader.ts'

export type LambdaHandler = (event: KinesisStreamEvent) => Promise<KinesisStreamBatchResponse>

export function createLambdaHandler(
  consumer: Consumer,
  reader: Pick<ShardReader, 'listShards'>,
  onFault: (shardId: string, error: unknown) => void,
  report: BatchReporter = async () => {},
): LambdaHandler {
  const warm = new Map<string, ShardConsumer>()

  async function take(shardId: string): Promise<ShardConsumer> {
    const known = warm.get(shardId)
    if (known && (await known.isCurrent())) return known
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
      const open = await take(shardId)
      const records = event.Records.map(toStreamRecord)
      await open.handle(records)
      await open.save()
      warm.set(shardId, open)
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
  }
}

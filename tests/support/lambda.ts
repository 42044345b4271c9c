/** Lambda around a consumer, as its event source and its schedule call it. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { KinesisStreamBatchResponse, KinesisStreamEvent, ScheduledEvent } from 'aws-lambda'
import type { StreamRecord } from '../../consumers/runtime/consumer.ts'
import { createLambdaHandler, type LambdaHandler, type LambdaOptions } from '../../consumers/runtime/lambda.ts'
import type { ShardReader } from '../../consumers/runtime/shard-reader.ts'
import { limits } from '../../stream/limits.ts'

type Needed = 'consumer' | 'reader' | 'checkpoints'

/** An instance that is started now; by default it saves with every batch and reports to nobody. */
export function instanceOf(options: Pick<LambdaOptions, Needed> & Partial<LambdaOptions>): LambdaHandler {
  return createLambdaHandler({
    saveIntervalMs: 0,
    now: Date.now,
    pause: (ms) => sleep(ms),
    onFault: () => {},
    report: async () => {},
    ...options,
  })
}

/** One batch of a shard. */
export function batchOf(shardId: string, records: readonly StreamRecord[]): KinesisStreamEvent {
  const Records = records.map(({ sequenceNumber, data, arrivedAt }) => ({
    eventID: `${shardId}:${sequenceNumber}`,
    kinesis: {
      sequenceNumber,
      partitionKey: 'test',
      data: Buffer.from(data).toString('base64'),
      approximateArrivalTimestamp: arrivedAt / 1000,
    },
  }))
  return { Records } as KinesisStreamEvent
}

/** What EventBridge sends. */
export const onSchedule = { source: 'aws.events', 'detail-type': 'Scheduled Event' } as ScheduledEvent

/**
 * Brings all records of a stream, shard by shard, in batches of one size, with cold starts between. As Lambda may, it
 * brings some batches twice, the second time perhaps to another instance.
 *
 * @returns what was asked for again
 */
export async function bringAll(
  start: () => LambdaHandler,
  reader: Pick<ShardReader, 'listShards' | 'open'>,
  { size, coldEvery, twiceEvery }: { size: number; coldEvery: number; twiceEvery: number },
): Promise<KinesisStreamBatchResponse['batchItemFailures']> {
  const failures: KinesisStreamBatchResponse['batchItemFailures'] = []
  for (const { shardId } of await reader.listShards()) {
    const { records } = await reader.open(shardId, undefined).read(limits.getRecordsCount)
    let handler = start()
    for (let from = 0, batch = 1; from < records.length; from += size, batch++) {
      if (batch % coldEvery === 0) handler = start()
      const event = batchOf(shardId, records.slice(from, from + size))
      for (let times = batch % twiceEvery === 0 ? 2 : 1; times > 0; times--)
        failures.push(...(await handler(event)).batchItemFailures)
    }
  }
  return failures
}

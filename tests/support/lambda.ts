/** Lambda around a consumer, as its event source and its schedule call it. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { KinesisStreamEvent, ScheduledEvent } from 'aws-lambda'
import type { StreamRecord } from '../../consumers/runtime/consumer.ts'
import { createLambdaHandler, type LambdaHandler, type LambdaOptions } from '../../consumers/runtime/lambda.ts'

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

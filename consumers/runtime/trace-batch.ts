/** What a consumer did with the records of a batch, as a span of each record's own trace (stream/tracing.ts). */
import { traceIdOf } from '../../stream/record.ts'
import { recordSpanId, type Tracer } from '../../stream/tracing.ts'
import type { StreamRecord } from './consumer.ts'

/** @param begunAt when the batch was taken up, epoch milliseconds; it ends now */
export type TraceBatch = (
  shardId: string,
  records: readonly StreamRecord[],
  begunAt: number,
  isHandled: boolean,
) => void

export function traceBatches(
  tracer: Pick<Tracer, 'samples' | 'add'>,
  consumer: string,
  stream: string,
  now: () => number,
): TraceBatch {
  return (shardId, records, startMs, isHandled) => {
    const endMs = now()
    for (const { data, sequenceNumber, arrivedAt } of records) {
      const traceId = traceIdOf(data)
      if (traceId === undefined || !tracer.samples(traceId)) continue
      tracer.add({
        traceId,
        parentSpanId: recordSpanId(traceId),
        name: `${consumer} process`,
        kind: 'consumer',
        startMs,
        endMs,
        attributes: {
          // OpenTelemetry's names for messaging.
          'messaging.system': 'aws_kinesis',
          'messaging.operation.type': 'process',
          'messaging.destination.name': stream,
          'messaging.consumer.group.name': consumer,
          'messaging.destination.partition.id': shardId,
          'messaging.message.id': sequenceNumber,
          'messaging.batch.message_count': records.length,
          'retrace.waited_ms': Math.max(0, startMs - arrivedAt),
        },
        hasFailed: !isHandled,
      })
    }
  }
}

/** What the endpoint tells of a record's trace: how it came to be, and which requests it holds (stream/tracing.ts). */
import { recordSpanId, type Tracer } from '../stream/tracing.ts'
import type { SettledBatch } from './lane.ts'

type Spans = Pick<Tracer, 'samples' | 'add'>

/** The record's own span, under which all else is. */
export function traceRecord(tracer: Spans, stream: string, now: () => number): (batch: SettledBatch) => void {
  return ({ shardId, traceId, createdAt, eventCount, bytes, store }) => {
    if (!tracer.samples(traceId)) return
    tracer.add({
      traceId,
      spanId: recordSpanId(traceId),
      name: `${stream} send`,
      kind: 'producer',
      startMs: createdAt,
      endMs: now(),
      attributes: {
        'messaging.system': 'aws_kinesis',
        'messaging.operation.type': 'send',
        'messaging.destination.name': stream,
        'messaging.destination.partition.id': shardId,
        'retrace.events': eventCount,
        'retrace.bytes': bytes,
        'retrace.store': store,
      },
      hasFailed: store === 'none',
    })
  }
}

/** A caller's own place in a trace of its own, as its `traceparent` has it. */
export type CallerTrace = { traceId: string; spanId: string; isSampled: boolean }

/** @param recordTrace of the record that the request's events are in */
export function traceRequest(
  tracer: Spans,
  recordTrace: string,
  caller: CallerTrace | undefined,
  { route, site, startMs, endMs }: { route: string; site: string; startMs: number; endMs: number },
): void {
  if (!tracer.samples(recordTrace)) return
  const record = { traceId: recordTrace, spanId: recordSpanId(recordTrace) }
  // Whoever traces finds the request in the own trace, with a link to what became of its events.
  const place = caller?.isSampled
    ? { traceId: caller.traceId, parentSpanId: caller.spanId, links: [record] }
    : { traceId: recordTrace, parentSpanId: record.spanId }
  const attributes = { 'http.route': route, 'http.response.status_code': 202, 'retrace.site': site }
  tracer.add({ ...place, name: route, kind: 'server', startMs, endMs, attributes })
}

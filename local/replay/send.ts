/** `npm run replay -- --to-stream NAME`: archived days into another stream. */
import { setTimeout as sleep } from 'node:timers/promises'
import { DescribeStreamSummaryCommand, ResourceNotFoundException } from '@aws-sdk/client-kinesis'
import { granularityMs } from '../../consumers/aggregator/shapes/cell-key.ts'
import { dailySegments, segmentsBetween } from '../../consumers/aggregator/shapes/segments.ts'
import { readAccepted } from '../../consumers/replay/accepted.ts'
import { openSource } from '../../consumers/replay/open-source.ts'
import { needsCut } from '../../consumers/replay/plan.ts'
import { createSentPlaces } from '../../consumers/replay/sent-places.ts'
import { putInOrderTo, type SentCounts, sendToStream } from '../../consumers/replay/to-stream.ts'
import type { ConsumerEnvironment } from '../../consumers/runtime/process.ts'
import { createProgress } from '../progress.ts'
import { type SendOptions, UsageError } from './options.ts'

export type Sent = SentCounts & { stream: string; seconds: number }

/**
 * @param signal ends it, to be gone on with by the same command
 * @throws UsageError where there is nothing to send to, or the last day is not over
 */
export async function send(environment: ConsumerEnvironment, options: SendOptions, signal: AbortSignal): Promise<Sent> {
  const { stream, rate, from, to } = options
  const { clients, table } = environment
  const createdAt = await checkTarget(environment, stream)
  if (needsCut(options, Date.now())) throw new UsageError('--to must be a day that is over (UTC): today goes on')
  const stretch = { from, to: to + granularityMs.day }
  const { source } = await openSource(environment, 'archive', stretch)
  const places = createSentPlaces(clients.dynamo, table('checkpoints'), { stream, createdAt }, stretch)
  const before = [...(await places.load()).values()].reduce((sum, { events }) => sum + events, 0)
  if (before > 0) console.log(`Going on behind ${count(before)} events, where it was interrupted.`)
  const days = segmentsBetween(dailySegments(), stretch.from, stretch.to)
  const expected = await readAccepted(clients.dynamo, table('ledger'), days, Date.now())
  const bar = createProgress('to stream', expected ?? 0)
  const startedAt = performance.now()
  const secondsPast = () => (performance.now() - startedAt) / 1000
  const waits = { now: () => performance.now(), pause: (ms: number) => sleep(ms, undefined, { signal }) }
  const put = putInOrderTo(clients.kinesis, stream, waits)
  const onSent = ({ events }: SentCounts) => {
    const perSecond = Math.round((events - before) / secondsPast())
    bar.update(events, `${count(events)} events, ${count(perSecond)} a second`)
  }
  try {
    const counts = await sendToStream(source, { stretch, rate, put, places, waits, onSent, signal })
    return { stream, ...counts, seconds: Math.round(secondsPast() * 1000) / 1000 }
  } finally {
    bar.stop()
  }
}

export function describeSent({ stream, events, records, shards, seconds }: Sent): string {
  return `Sent ${count(events)} events in ${count(records)} records of ${shards} shards to ${stream}, in ${seconds.toFixed(1)} s.`
}

/** @returns when it was created, epoch milliseconds */
async function checkTarget({ clients, settings }: ConsumerEnvironment, stream: string): Promise<number> {
  if (stream === settings.RETRACE_STREAM)
    throw new UsageError(`${stream} is the live stream: what is put into it is counted again`)
  try {
    const answer = await clients.kinesis.send(new DescribeStreamSummaryCommand({ StreamName: stream }))
    return answer.StreamDescriptionSummary?.StreamCreationTimestamp?.getTime() ?? 0
  } catch (error) {
    if (error instanceof ResourceNotFoundException)
      throw new UsageError(`there is no stream ${stream}: create it first`)
    throw error
  }
}

function count(value: number): string {
  return value.toLocaleString('en-US')
}

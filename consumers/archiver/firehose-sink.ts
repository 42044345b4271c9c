/**
 * Hands rows to a Firehose delivery stream as newline-delimited JSON, with the columns of the archive. Firehose knows
 * no conditional write: after a failure rows come again, and whoever wants each once takes it by `shard`, `sequence` and
 * `index`.
 */
import { type FirehoseClient, PutRecordBatchCommand } from '@aws-sdk/client-firehose'
import { packRecords, packRequests } from './firehose-requests.ts'
import type { ArchiveSink } from './parquet-sink.ts'
import { toJsonLine } from './rows.ts'

export type FirehoseOptions = {
  client: FirehoseClient
  deliveryStream: string
  /** Uniform in [0, 1). */
  random: () => number
  pause: (ms: number) => Promise<unknown>
}

/** Attempts for one record, half a minute together; then the whole batch is read from the stream again. */
const mostAttempts = 10
const firstPauseMs = 100
const longestPauseMs = 5000

export function createFirehoseSink(options: FirehoseOptions): ArchiveSink {
  return {
    open: () => async (rows) => {
      const requests = [...packRequests(packRecords(rows.map(toJsonLine)))]
      return async () => {
        // One request after the other: a shard brings less than a delivery stream takes, and the order is kept.
        for (const request of requests) await deliver(options, request)
      }
    },
  }
}

/** Sends records, and those that were refused again, until all are taken. */
async function deliver(
  { client, deliveryStream, random, pause }: FirehoseOptions,
  records: Uint8Array[],
): Promise<void> {
  let waiting = records
  for (let attempt = 1; ; attempt++) {
    const command = new PutRecordBatchCommand({
      DeliveryStreamName: deliveryStream,
      Records: waiting.map((Data) => ({ Data })),
    })
    const { RequestResponses = [] } = await client.send(command)
    waiting = waiting.filter((_, index) => RequestResponses[index]?.RecordId === undefined)
    if (waiting.length === 0) return
    const refusal = RequestResponses.find(({ ErrorCode }) => ErrorCode !== undefined)
    if (attempt === mostAttempts)
      throw new Error(
        `${deliveryStream} refused ${waiting.length} records ${attempt} times: ${refusal?.ErrorCode} ${refusal?.ErrorMessage}`,
      )
    await pause(random() * Math.min(longestPauseMs, firstPauseMs * 2 ** attempt))
  }
}

/** Records that consumers passed over, with the batches that they are (consumers/runtime/quarantine.ts). */

import { readRecordHeader } from '../../stream/record.ts'
import type { ConsumerEnvironment } from './process.ts'
import { parseQuarantineKey, quarantineFolder } from './shapes/quarantine-key.ts'

/** A batch as its producer counts it. */
export type Batch = [producer: string, sequence: number]
export type SetAside = {
  key: string
  consumer: string
  /** `SHARD/SEQUENCE` */
  name: string
  /** If that can be read. */
  batch?: Batch
}

/** Everything in quarantine, by consumer, shard and sequence number. */
export async function listQuarantine({ objects }: Pick<ConsumerEnvironment, 'objects'>): Promise<SetAside[]> {
  const found: SetAside[] = []
  for (const key of await objects.list(quarantineFolder)) {
    const parsed = parseQuarantineKey(key)
    if (!parsed) continue
    const read = readRecordHeader(await objects.get(key))
    found.push({
      key,
      consumer: parsed.consumer,
      name: `${parsed.shardId}/${parsed.sequenceNumber}`,
      ...(read.ok &&
        Number.isSafeInteger(read.header.producerSequence) && {
          batch: [read.header.producerId, read.header.producerSequence],
        }),
    })
  }
  return found
}

/** Records that were set aside (consumers/runtime/records.ts). */
import type { ConsumerEnvironment } from '../consumers/runtime/process.ts'
import { readRecordHeader } from '../stream/record.ts'
import { listObjects } from './archive-objects.ts'

/** A batch as its producer counts it. */
export type Batch = [producer: string, sequence: number]
export type SetAside = {
  key: string
  /** Who set it aside; undefined: whoever read it. */
  consumer: string | undefined
  /** `SHARD/SEQUENCE` */
  name: string
  batch?: Batch
}

/** Records in quarantine, by shard and sequence number, with the batch that each was if that can be read. */
export async function listQuarantine({
  clients,
  settings,
  objects,
}: Pick<ConsumerEnvironment, 'clients' | 'settings' | 'objects'>): Promise<SetAside[]> {
  const found: SetAside[] = []
  for (const key of await listObjects(clients.s3, settings.RETRACE_BUCKET, 'quarantine/')) {
    const [, consumer, name] = /^quarantine\/(?:([^/]+)\/)?(shardId-\d+\/\d+)\.bin$/.exec(key) ?? []
    if (name === undefined) continue
    const read = readRecordHeader(await objects.get(key))
    found.push({
      key,
      consumer,
      name,
      ...(read.ok &&
        Number.isSafeInteger(read.header.producerSequence) && {
          batch: [read.header.producerId, read.header.producerSequence],
        }),
    })
  }
  return found
}

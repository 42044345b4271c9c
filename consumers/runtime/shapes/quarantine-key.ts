/** Where the records are that a consumer passed over: objects in S3 (consumers/runtime/quarantine.ts). */
import type { SequenceNumber } from '../../../stream/sequence.ts'

export const quarantineFolder = 'quarantine/'

export type QuarantineKey = { consumer: string; shardId: string; sequenceNumber: SequenceNumber }

export function quarantineKey({ consumer, shardId, sequenceNumber }: QuarantineKey): string {
  return `${quarantineFolder}${consumer}/${shardId}/${sequenceNumber}.bin`
}

/** @returns undefined when the object is none of ours */
export function parseQuarantineKey(key: string): QuarantineKey | undefined {
  const [, consumer, shardId, sequenceNumber] = key.match(/^quarantine\/([^/]+)\/([^/]+)\/(\d+)\.bin$/) ?? []
  return consumer && shardId && sequenceNumber ? { consumer, shardId, sequenceNumber } : undefined
}

/**
 * Kinesis sequence numbers: decimal integers of up to 56 digits, as strings. Within a shard they grow with
 * every record. Longer means larger; numbers of one length compare as text, with no BigInt on the hot path.
 */
export type SequenceNumber = string

/** Negative when `a` comes before `b` in its shard, 0 when equal, positive when after. */
export function compareSequence(a: SequenceNumber, b: SequenceNumber): number {
  if (a.length !== b.length) return a.length - b.length
  return a < b ? -1 : a > b ? 1 : 0
}

/** Whether a record at `sequence` is not yet covered by an effect that goes up to `through` (none: it is not). */
export function isAfter(sequence: SequenceNumber, through: SequenceNumber | undefined): boolean {
  return through === undefined || compareSequence(sequence, through) > 0
}

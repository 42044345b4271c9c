/**
 * Brings a shard that was opened at its last save to where it had been handled: reads what lies between from the stream
 * and handles it again. Every value takes of it what it has not got (exactly-once.ts).
 *
 *     last save            noted                first of the batch
 *     ───┬───────────────────┬────────────────────┬──────────▶ stream
 *        └── handled again ──┘                    └── Lambda brings it
 */
import { isAfter, type SequenceNumber } from '../../stream/sequence.ts'
import type { ShardConsumer } from './consumer.ts'
import { inStore, StoreFault } from './faults.ts'
import type { ShardCursor } from './shard-reader.ts'

/** What the wait between two reads and the end of all waiting go by. */
export type CatchUpClock = { now: () => number; pause: (ms: number) => Promise<void> }

/** As many as the aggregator's runner takes at once: a state that grows by no more between two looks at the clock. */
const batchRecords = 2000
/** All who read a shard share five reads a second. */
const readIntervalMs = 200
/** Half of what an invocation may take (cdk/consumers.ts): what is left then is for the next one. */
const mostMs = 30_000

/**
 * Returns when `noted` is reached, or the end of what the stream has.
 *
 * @param cursor reads after the position of `open`
 * @param before the first record that comes another way: neither it nor later ones are handled here
 * @throws a StoreFault for whatever goes wrong: these records were handled before, and a part of what they did is
 *   stored, so none of them can be passed over any more
 */
export async function catchUp(
  open: ShardConsumer,
  cursor: ShardCursor,
  before: SequenceNumber | undefined,
  { now, pause }: CatchUpClock,
): Promise<void> {
  const { noted } = open
  const deadline = now() + mostMs
  while (noted !== undefined && isAfter(noted, open.position) && comesBefore(before, open.position)) {
    const { records, ended, millisBehind } = await inStore(() => cursor.read(batchRecords))
    const owed = records.filter(
      ({ sequenceNumber }) => !isAfter(sequenceNumber, noted) && !isFrom(before, sequenceNumber),
    )
    if (owed.length > 0) await inStore(() => open.handle(owed))
    if (owed.length < records.length || ended || (records.length === 0 && millisBehind === 0)) return
    if (now() >= deadline) {
      await open.save()
      throw new StoreFault('behind', 'more is to be read again than an invocation has time for; the next one goes on')
    }
    await pause(readIntervalMs)
  }
}

/** Whether there may be records between a position and the one that comes another way. */
function comesBefore(before: SequenceNumber | undefined, position: SequenceNumber | undefined): boolean {
  return before === undefined || isAfter(before, position)
}

/** Whether a record is the one that comes another way, or behind it. */
function isFrom(before: SequenceNumber | undefined, sequence: SequenceNumber): boolean {
  return before !== undefined && !isAfter(before, sequence)
}

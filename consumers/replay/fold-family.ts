/**
 * Folds a family of shards, parents before children, into cells of a new generation. Its place is saved as a consumer's
 * is (runtime/progress.ts), under a name of its own: whoever comes after a crash goes on there, and cells skip what they
 * hold already (docs/decisions/0005-effects-exactly-once.md).
 */
import type { SequenceNumber } from '../../stream/sequence.ts'
import type { Shard } from '../../stream/shard-map.ts'
import { CellBook } from '../aggregator/cell-book.ts'
import type { CellStore } from '../aggregator/cell-store.ts'
import type { Checkpoints } from '../runtime/checkpoints.ts'
import { isStoreFault, reasonOf } from '../runtime/faults.ts'
import type { Objects } from '../runtime/objects.ts'
import { Progress } from '../runtime/progress.ts'
import type { DecodedStreamRecord } from '../runtime/records.ts'
import { foldReplayed, type Selection } from './fold-record.ts'
import { takenAsNew } from './new-cells.ts'
import {
  addReplayCounts,
  noReplayCounts,
  type ReplayCounts,
  type ReplayState,
  replayStateCodec,
} from './replay-state.ts'
import type { Family } from './shard-families.ts'
import type { ReplaySource } from './sources/source.ts'

export type FoldStores = {
  source: ReplaySource
  cells: CellStore
  checkpoints: Checkpoints
  objects: Objects
}

export type FoldTask = Selection & {
  generation: string
  /** What is read of each shard: the segments, and before them what warms up the state. */
  stretch: { from: number; to: number }
  /** Events between two saves, which write all cells; usually a million. */
  saveEvents?: number
}

/** A save takes as long as the state is large, seconds with a million visitors, and spares as much work after a crash. */
const usualSaveEvents = 1_000_000
/** Nobody looks at cells before they are published. */
const onlyAtSaves = { breakdownDelayMs: Number.POSITIVE_INFINITY, now: () => 0 }

/** `isLast`: no other shard takes over what is known at its end. */
type ShardTask = FoldTask & { isLast: boolean }

export type FoldResult = { counts: ReplayCounts; sites: Set<string> }

export type FoldListener = {
  /** How many events more were folded, by the same call as they were read. */
  onEvents(events: number, records: number): void
  /** A record was left out, since the fold's code fails on it. */
  onPassedOver(shardId: string, sequence: SequenceNumber, reason: string): void
}

/** Checkpoints and snapshots of a generation are kept under this name of a consumer. */
export function replayConsumer(generation: string): string {
  return `replay/${generation}`
}

export async function foldFamily(
  stores: FoldStores,
  task: FoldTask,
  family: Family,
  listener: FoldListener,
): Promise<FoldResult> {
  const result: FoldResult = { counts: noReplayCounts(), sites: new Set() }
  for (const shard of family) {
    const hasChildren = family.some(({ parents }) => parents.includes(shard.shardId))
    const { counts, sites } = await foldShard(stores, { ...task, isLast: !hasChildren }, shard, listener)
    addReplayCounts(result.counts, counts)
    for (const site of sites) result.sites.add(site)
  }
  return result
}

/** A record that the fold's code failed on. The state may hold a part of it, and is thrown away. */
class PoisonRecord extends Error {
  readonly sequence: SequenceNumber

  constructor(sequence: SequenceNumber, cause: unknown) {
    super(reasonOf(cause).reason, { cause })
    this.sequence = sequence
  }
}

async function foldShard(
  stores: FoldStores,
  task: ShardTask,
  shard: Shard,
  listener: FoldListener,
): Promise<ReplayState> {
  const poison = new Set<SequenceNumber>()
  while (true) {
    try {
      return await foldRest(stores, task, shard, poison, listener)
    } catch (error) {
      // As the aggregator's host does: again from the last save, and this time over it.
      if (!(error instanceof PoisonRecord)) throw error
      poison.add(error.sequence)
      listener.onPassedOver(shard.shardId, error.sequence, error.message)
    }
  }
}

async function foldRest(
  { source, cells, checkpoints, objects }: FoldStores,
  task: ShardTask,
  shard: Shard,
  poison: ReadonlySet<SequenceNumber>,
  listener: FoldListener,
): Promise<ReplayState> {
  const { generation, stretch, saveEvents = usualSaveEvents } = task
  const { shardId } = shard
  const consumer = replayConsumer(generation)
  const progress = await Progress.open({ checkpoints, objects, consumer, codec: replayStateCodec }, shard)
  const { state, position } = progress
  // Done by an earlier run.
  if (state.isLast) return state
  const stored = position === undefined ? takenAsNew(cells) : cells
  const book = new CellBook(stored, { shardId, generation }, onlyAtSaves)
  const add: CellBook['add'] = (sequence, delta) => book.add(sequence, delta)

  /** What was counted before a crash is no progress of this run. */
  let told = state.counts.events
  let saved = told
  const after = position === undefined ? {} : { after: position }
  for await (const records of source.read(shardId, { ...stretch, ...after })) {
    const before = state.counts.records
    for (const record of records) {
      if (poison.has(record.sequenceNumber)) state.counts.passedOver += 1
      else foldOne(state, record, task, add)
      await book.endRecord()
    }
    progress.advance(records)
    const { events } = state.counts
    listener.onEvents(events - told, state.counts.records - before)
    told = events
    if (events - saved < saveEvents) continue
    await book.flushAll()
    await progress.save()
    saved = events
  }
  await book.flushAll()
  state.isLast = task.isLast
  await progress.save(true)
  return state
}

function foldOne(state: ReplayState, record: DecodedStreamRecord, task: FoldTask, add: CellBook['add']): void {
  try {
    foldReplayed(state, record, task, add)
  } catch (error) {
    if (isStoreFault(error)) throw error
    throw new PoisonRecord(record.sequenceNumber, error)
  }
}

/** Folds what a source holds as the aggregator did, for the changes themselves: nothing is added up. */
import type { SequenceNumber } from '../../stream/sequence.ts'
import type { Delta } from '../aggregator/delta.ts'
import { foldEvent, foldRecord } from '../aggregator/fold.ts'
import type { FoldState } from '../aggregator/fold-state.ts'
import type { SegmentOf } from '../aggregator/shapes/segments.ts'
import { foldStateCodec } from '../aggregator/state-codec.ts'
import { toFamilies } from '../replay/shard-families.ts'
import type { ReplaySource, Stretch } from '../replay/sources/source.ts'
import { isStoreFault } from '../runtime/faults.ts'
import type { DecodedStreamRecord } from '../runtime/records.ts'

export type FactsFold = {
  source: ReplaySource
  /** With what warms up the state before the days that are wanted. */
  stretch: Stretch
  segmentOf: SegmentOf
  site: string
  /** Records that the fold's code fails on: the aggregator left them out, too. */
  passedOver: ReadonlySet<string>
}

/** A record that the fold's code failed on: what was emitted until then is to be thrown away, and all folded without it. */
export class PoisonFact extends Error {
  readonly record: string

  constructor(record: string, cause: unknown) {
    super(`the fold fails on ${record}`, { cause })
    this.record = record
  }
}

/**
 * @param emit takes every change of the site, those of the warm-up too, shard by shard in stream order
 * @param onEvents is told how many events more were read, of all sites
 * @throws PoisonFact
 */
export async function foldFacts(
  fold: FactsFold,
  emit: (delta: Delta) => void,
  onEvents: (events: number) => void,
): Promise<void> {
  for (const family of toFamilies(await fold.source.shards())) {
    const states = new Map<string, FoldState>()
    for (const { shardId, parents } of family) {
      const known = parents.flatMap((parent) => states.get(parent) ?? [])
      const state = known.length > 0 ? foldStateCodec.merge(known) : foldStateCodec.empty()
      states.set(shardId, state)
      for await (const records of fold.source.read(shardId, fold.stretch)) {
        let events = 0
        for (const record of records) {
          events += record.header.eventCount
          if (!fold.passedOver.has(nameOf(shardId, record.sequenceNumber))) foldOne(fold, shardId, state, record, emit)
        }
        onEvents(events)
      }
    }
  }
}

function foldOne(
  { segmentOf, site }: FactsFold,
  shardId: string,
  state: FoldState,
  { sequenceNumber, header, deliveries }: DecodedStreamRecord,
  emit: (delta: Delta) => void,
): void {
  try {
    if (!foldRecord(state, header)) return
    // What the fold remembers it remembers by site: others' events change nothing here.
    for (const delivery of deliveries) {
      if (delivery.site !== site) continue
      const segment = segmentOf(delivery.received)
      for (const event of delivery.events) foldEvent(state, segment, delivery, event, emit)
    }
  } catch (error) {
    if (isStoreFault(error)) throw error
    throw new PoisonFact(nameOf(shardId, sequenceNumber), error)
  }
}

function nameOf(shardId: string, sequence: SequenceNumber): string {
  return `${shardId} ${sequence}`
}

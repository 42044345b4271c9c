/**
 * What became of an archived event. Nobody notes that for each event; but the fold is deterministic, and what it makes
 * of an event depends on its visitor's and page load's earlier events alone. So those are folded again, from the
 * archive, and what the fold says of this one is what it said then, as long as its rules are the same.
 */

import { compareSequence, type SequenceNumber } from '../../stream/sequence.ts'
import { consumerName } from '../aggregator/aggregator.ts'
import { CellBook } from '../aggregator/cell-book.ts'
import type { CellStore } from '../aggregator/cell-store.ts'
import { createCutStore } from '../aggregator/cuts.ts'
import { foldEvent, foldRecord } from '../aggregator/fold.ts'
import { segmentsWithRules } from '../aggregator/known-segments.ts'
import { createRuleStore } from '../aggregator/rules/rule-store.ts'
import { usualRules } from '../aggregator/rules/rules.ts'
import { type Cell, emptyCell, mergeCell } from '../aggregator/shapes/cell.ts'
import { type CellKey, cellText, liveGeneration } from '../aggregator/shapes/cell-key.ts'
import type { Segment, SegmentOf } from '../aggregator/shapes/segments.ts'
import { foldStateCodec } from '../aggregator/state-codec.ts'
import { familiesOf } from '../replay/shard-families.ts'
import { listQuarantine } from '../runtime/quarantine-list.ts'
import { createShardReader } from '../runtime/shard-reader.ts'
import { type ArchivedEvent, findRows, type TraceStores } from './archived-rows.ts'
import type { FilterKind } from './shapes/filter-kind.ts'

type Delta = Parameters<CellBook['add']>[1]

export type Place = { shardId: string; sequence: SequenceNumber; index: number }

export type Fate<Changed extends ChangedCell = ChangedCell> =
  | { outcome: 'aggregated'; cells: Changed[]; foldedAgain: number }
  | { outcome: 'duplicate'; of: Place; by: 'batch' | 'event'; foldedAgain: number }
  | ({ outcome: 'filtered'; foldedAgain: number } & Filtered)
  | { outcome: 'quarantined'; object: string }

/** @property reason the same in a sentence, with what the rules matched */
export type Filtered = { by: FilterKind; reason: string }

/** A cell, and what the event added to it. */
export type ChangedCell = { key: CellKey; added: Cell }

const dayMs = 86_400_000

export async function refold(environment: TraceStores, copy: ArchivedEvent): Promise<Fate> {
  const setAside = new Map<string, string>()
  for (const { name, key, consumer } of await listQuarantine(environment))
    if (consumer === consumerName) setAside.set(name, key)
  const recordName = ({ shardId, sequence }: Place) => `${shardId}/${sequence}`
  const object = setAside.get(recordName(copy))
  if (object !== undefined) return { outcome: 'quarantined', object }

  const history = (await readHistory(environment, copy)).filter((row) => !setAside.has(recordName(row)))
  const { cuts } = await createCutStore(environment.clients.dynamo, environment.table('control')).load()
  return fold(history, copy, await segmentsWithRules(cuts, createRuleStore(environment.objects)))
}

/** Everything on which the event's fate depends, up to itself, in stream order. */
async function readHistory(stores: TraceStores, copy: ArchivedEvent): Promise<ArchivedEvent[]> {
  const { clients, settings } = stores
  const families = familiesOf(await createShardReader(clients.kinesis, settings.RETRACE_STREAM).listShards())
  const familyOf = (shardId: string) => families.get(shardId) ?? shardId
  const { site, received, visitor, previousVisitor } = copy.delivery
  const day = received - (received % dayMs)
  const visitors = new Set<unknown>([visitor, previousVisitor].filter((name) => name !== undefined))
  // What waited in the overflow comes later in the stream than what arrived after it.
  const rows = await findRows(
    stores,
    { from: day - dayMs, to: day + 2 * dayMs },
    (row) => row.site === site && (row.load === copy.event.load || visitors.has(row.visitor)),
  )
  return rows
    .filter(({ shardId }) => familyOf(shardId) === familyOf(copy.shardId))
    .filter((row) => (compareSequence(row.sequence, copy.sequence) || row.index - copy.index) <= 0)
}

async function fold(history: readonly ArchivedEvent[], copy: ArchivedEvent, segmentOf: SegmentOf): Promise<Fate> {
  const state = foldStateCodec.empty()
  const foldedAgain = history.length
  const firstOfBatch = new Map<string, ArchivedEvent>()
  const seen = new Map<string, ArchivedEvent>()
  const records = Map.groupBy(history, ({ shardId, sequence }) => `${shardId} ${sequence}`)
  for (const rows of records.values()) {
    const [first] = rows as [ArchivedEvent]
    const { producerId, producerSequence, traceId } = first
    const createdAt = first.delivery.received
    const isNew = foldRecord(state, { producerId, producerSequence, traceId, createdAt, eventCount: rows.length })
    const batch = `${producerId} ${producerSequence}`
    if (isNew) firstOfBatch.set(batch, first)
    for (const row of rows) {
      const { event, delivery } = row
      const isWanted = row.sequence === copy.sequence && row.index === copy.index
      const name = `${event.load} ${event.n}`
      if (!isNew) {
        if (isWanted)
          return { outcome: 'duplicate', of: placeOf(firstOfBatch.get(batch) ?? first), by: 'batch', foldedAgain }
        continue
      }
      const deltas: Delta[] = []
      const segment = segmentOf(delivery.received)
      const outcome = foldEvent(state, segment, { ...delivery, events: [event] }, event, (delta) => deltas.push(delta))
      if (isWanted && outcome === 'duplicate')
        return { outcome, of: placeOf(seen.get(name) ?? row), by: 'event', foldedAgain }
      if (isWanted && outcome === 'filtered') return { outcome, ...whyFiltered(segment, row), foldedAgain }
      if (isWanted) return { outcome: 'aggregated', cells: await cellsChangedBy(deltas, copy), foldedAgain }
      if (!seen.has(name)) seen.set(name, row)
    }
  }
  throw new Error(`the archive has lost ${copy.shardId} ${copy.sequence} while it was read`)
}

function placeOf({ shardId, sequence, index }: ArchivedEvent): Place {
  return { shardId, sequence, index }
}

function whyFiltered({ rules = usualRules }: Segment, { delivery, event }: ArchivedEvent): Filtered {
  const { site, userAgent } = delivery
  const ofSite = rules.of(site)
  if (userAgent === '') return { by: 'nobody', reason: 'it came without a user agent, as from programs' }
  if (ofSite.browserOf(userAgent).bot) return { by: 'program', reason: `its user agent is a program's: ${userAgent}` }
  const { host, isInternal } = ofSite.placeOf(event.url)
  if (isInternal) return { by: 'host', reason: `${host} is internal by the rules ${rules.version}` }
  const mark = ofSite.internalBy(delivery)
  if (mark !== undefined) return { by: mark, reason: `its ${mark} is internal by the rules ${rules.version}` }
  return { by: 'rate', reason: 'its visitor does more in a second than people can' }
}

/** As the aggregator puts deltas into cells, but into empty ones, so that they hold these deltas alone. */
async function cellsChangedBy(deltas: readonly Delta[], { shardId, sequence }: Place): Promise<ChangedCell[]> {
  const changed: ChangedCell[] = []
  const recording: CellStore = {
    load: async () => ({ value: emptyCell(), sequence: undefined }),
    async replace(key, { value }) {
      changed.push({ key, added: value })
      return true
    },
    reviseDays: async () => {},
  }
  const book = new CellBook(recording, { shardId, generation: liveGeneration }, { breakdownDelayMs: 0, now: () => 0 })
  for (const delta of deltas) book.add(sequence, delta)
  await book.flushAll()
  return withParts(changed)
}

/** What a cell is broken down by lies in parts; a trace shows the cell as one. */
function withParts(changed: readonly ChangedCell[]): ChangedCell[] {
  const cells = new Map<string, ChangedCell>()
  for (const { key, added } of changed) {
    const { part: _, ...whole } = key
    const name = `${whole.granularity} ${cellText(whole)}`
    const cell = cells.get(name) ?? { key: whole, added: emptyCell() }
    mergeCell(cell.added, added)
    cells.set(name, cell)
  }
  return [...cells.values()]
}

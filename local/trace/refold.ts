/**
 * What became of an archived event. Nobody notes that for each event; but the fold is deterministic, and what it makes
 * of an event depends on its visitor's and page load's earlier events alone. So those are folded again, from the
 * archive, and what the fold says of this one is what it said then, as long as its rules are the same.
 */
import { consumerName } from '../../consumers/aggregator/aggregator.ts'
import { CellBook } from '../../consumers/aggregator/cell-book.ts'
import type { CellStore } from '../../consumers/aggregator/cell-store.ts'
import { createCutStore } from '../../consumers/aggregator/cuts.ts'
import { foldEvent, foldRecord } from '../../consumers/aggregator/fold.ts'
import { segmentsWithRules } from '../../consumers/aggregator/known-segments.ts'
import { createRuleStore } from '../../consumers/aggregator/rules/rule-store.ts'
import { usualRules } from '../../consumers/aggregator/rules/rules.ts'
import { type Cell, emptyCell, mergeCell } from '../../consumers/aggregator/shapes/cell.ts'
import { type CellKey, cellText, liveGeneration } from '../../consumers/aggregator/shapes/cell-key.ts'
import type { Segment, SegmentOf } from '../../consumers/aggregator/shapes/segments.ts'
import { foldStateCodec } from '../../consumers/aggregator/state-codec.ts'
import { familiesOf } from '../../consumers/replay/shard-families.ts'
import type { ConsumerEnvironment } from '../../consumers/runtime/process.ts'
import { createShardReader } from '../../consumers/runtime/shard-reader.ts'
import { compareSequence, type SequenceNumber } from '../../stream/sequence.ts'
import { openArchiveTable } from '../archive-table.ts'
import { listQuarantine } from '../quarantine-list.ts'
import { type ArchivedEvent, type ArchivedRow, toArchivedEvent } from './archived-event.ts'

type Delta = Parameters<CellBook['add']>[1]

export type Place = { shardId: string; sequence: SequenceNumber; index: number }

export type Fate<Changed extends ChangedCell = ChangedCell> =
  | { outcome: 'aggregated'; cells: Changed[]; foldedAgain: number }
  | { outcome: 'duplicate'; of: Place; by: 'batch' | 'event'; foldedAgain: number }
  | { outcome: 'filtered'; reason: string; foldedAgain: number }
  | { outcome: 'quarantined'; object: string }

/** A cell, and what the event added to it. */
export type ChangedCell = { key: CellKey; added: Cell }

const dayMs = 86_400_000

export async function refold(environment: ConsumerEnvironment, copy: ArchivedEvent): Promise<Fate> {
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
async function readHistory(environment: ConsumerEnvironment, copy: ArchivedEvent): Promise<ArchivedEvent[]> {
  const { clients, settings } = environment
  const families = familiesOf(await createShardReader(clients.kinesis, settings.RETRACE_STREAM).listShards())
  const familyOf = (shardId: string) => families.get(shardId) ?? shardId
  const { site, received, visitor = '', previousVisitor = '' } = copy.delivery
  const day = received - (received % dayMs)
  // What waited in the overflow comes later in the stream than what arrived after it.
  const table = await openArchiveTable(
    environment,
    { from: day - dayMs, to: day + 2 * dayMs },
    {
      where: `site = $site AND (load = $load OR visitor IN ($visitor, $previous))`,
      parameters: { site, load: copy.event.load, visitor, previous: previousVisitor },
    },
  )
  try {
    const rows = await table.ask<ArchivedRow>('SELECT * FROM events ORDER BY place, "index"')
    return rows
      .map(toArchivedEvent)
      .filter(({ shardId }) => familyOf(shardId) === familyOf(copy.shardId))
      .filter((row) => (compareSequence(row.sequence, copy.sequence) || row.index - copy.index) <= 0)
  } finally {
    await table.close()
  }
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
      if (isWanted && outcome === 'filtered') return { outcome, reason: whyFiltered(segment, row), foldedAgain }
      if (isWanted) return { outcome: 'aggregated', cells: await cellsChangedBy(deltas, copy), foldedAgain }
      if (!seen.has(name)) seen.set(name, row)
    }
  }
  throw new Error(`the archive has lost ${copy.shardId} ${copy.sequence} while it was read`)
}

function placeOf({ shardId, sequence, index }: ArchivedEvent): Place {
  return { shardId, sequence, index }
}

function whyFiltered({ rules = usualRules }: Segment, { delivery, event }: ArchivedEvent): string {
  const { site, userAgent } = delivery
  const ofSite = rules.of(site)
  if (userAgent === '') return 'it came without a user agent, as from programs'
  if (ofSite.browserOf(userAgent).bot) return `its user agent is a program's: ${userAgent}`
  const { host, isInternal } = ofSite.placeOf(event.url)
  if (isInternal) return `${host} is internal by the rules ${rules.version}`
  const mark = ofSite.internalBy(delivery)
  if (mark !== undefined) return `its ${mark} is internal by the rules ${rules.version}`
  return 'its visitor does more in a second than people can'
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

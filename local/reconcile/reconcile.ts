/**
 * Adds up what the consumers wrote into the ledger for a range of arrival times, and counts the archive again: against
 * the ledger, and against the cells. An archive that lies in a warehouse (Firehose) is not counted again.
 *
 * What is read when: positions first, then the ledger, then archive and cells. So whatever a position says is done is in
 * what is read after it, and whatever the ledger says is archived is in the archive.
 */
import { consumerName as aggregator } from '../../consumers/aggregator/aggregator.ts'
import { createCutStore } from '../../consumers/aggregator/cuts.ts'
import { segmentsWithRules } from '../../consumers/aggregator/known-segments.ts'
import { createRuleStore } from '../../consumers/aggregator/rules/rule-store.ts'
import { bucketStart } from '../../consumers/aggregator/shapes/cell-key.ts'
import { segmentsBetween } from '../../consumers/aggregator/shapes/segments.ts'
import { consumerName as archiver } from '../../consumers/archiver/archiver.ts'
import type { ArrivalRange } from '../../consumers/archiver/read-archive.ts'
import { listSites } from '../../consumers/replay/known.ts'
import { readPositions } from '../../consumers/runtime/positions.ts'
import type { ConsumerEnvironment } from '../../consumers/runtime/process.ts'
import { type Batch, listQuarantine } from '../../consumers/runtime/quarantine-list.ts'
import { addCounts, type LedgerCounts, ledgerRetentionMs, noCounts } from '../../consumers/runtime/shapes/ledger.ts'
import { createShardReader } from '../../consumers/runtime/shard-reader.ts'
import { overflowFolder } from '../../stream/overflow-key.ts'
import type { Shard } from '../../stream/shard-map.ts'
import { openArchiveTable } from '../archive-table.ts'
import { type ConsumerPositions, judge, type Verdict } from './balance.ts'
import { readDayCells } from './day-cells.ts'
import { readErased } from './erased.ts'
import { findGaps, type Gap } from './gaps.ts'
import { readLedger, type ShardMinute } from './read-ledger.ts'
import { type CellCheck, checkCells, countRows, minuteName } from './recount.ts'

export type Line = ShardMinute & { verdict: Verdict }

export type Reconciliation = {
  range: ArrivalRange
  /** Every minute and shard of the range. */
  lines: Line[]
  /** Every cell of the arrival days that the range touches. */
  cells: CellCheck[]
  gaps: Gap[]
  /** The delivery stream that alone holds the archive: rows, cells and gaps are not counted again then. */
  onlyInFirehose: string | undefined
  /** Of all lines that are not "not yet". */
  totals: Pick<LedgerCounts, 'accepted' | 'aggregated' | 'duplicate' | 'filtered' | 'quarantined' | 'archived'>
  balanced: boolean
}

const minuteMs = 60_000
const dayMs = 86_400_000

/** @param options `site` whose cells are counted; without it, those of all sites */
export async function reconcile(
  environment: ConsumerEnvironment,
  options: { range: ArrivalRange; site?: string | undefined; now: number },
): Promise<Reconciliation> {
  const { site, now } = options
  const range = wholeMinutes(options.range)
  const { clients, settings } = environment
  const shards = await createShardReader(clients.kinesis, settings.RETRACE_STREAM).listShards()
  const positions = await readAllPositions(environment)
  const ledger = await readLedger(environment, range)
  const onlyInFirehose = settings.RETRACE_ARCHIVE_SINK === 'firehose' ? settings.RETRACE_FIREHOSE_STREAM : undefined
  const recount =
    onlyInFirehose === undefined
      ? await recountArchive(environment, { range, site, now, shards, positions, ledger })
      : undefined
  const known = recount ? withUnknownMinutes(ledger, recount.rows, now) : ledger
  const lines = known.map((line) => ({
    ...line,
    verdict: judge(line, positions, recount && (recount.rows.get(minuteName(line.shardId, line.minute)) ?? 0)),
  }))
  const { cells, gaps } = recount ?? { cells: [], gaps: [] }
  const unequal = cells.some((check) => !check.notYet && !isEqual(check))
  const balanced = !unequal && lines.every(({ verdict }) => verdict.kind !== 'unbalanced')
  return { range, lines, cells, gaps, onlyInFirehose, totals: totalsOf(lines), balanced }
}

type Recount = { rows: Map<string, number>; cells: CellCheck[]; gaps: Gap[] }

/** Counts the rows of the archive by shard and minute, what they make of the cells, and the batches that are not there. */
async function recountArchive(
  environment: ConsumerEnvironment,
  context: {
    range: ArrivalRange
    site: string | undefined
    now: number
    shards: readonly Shard[]
    positions: ConsumerPositions
    ledger: readonly ShardMinute[]
  },
): Promise<Recount> {
  const { range, site, now, shards, positions, ledger } = context
  const { clients, table: tableName } = environment
  const { cuts } = await createCutStore(clients.dynamo, tableName('control')).load()
  const firstDay = bucketStart('day', range.from)
  const end = bucketStart('day', range.to - 1) + dayMs
  const rules = createRuleStore(environment.objects)
  const segments = segmentsBetween(await segmentsWithRules(cuts, rules), firstDay, end)
  const setAside = await listQuarantine(environment)
  const overflow = await environment.objects.list(overflowFolder)

  const table = await openArchiveTable(environment, { from: firstDay - dayMs, to: end })
  try {
    const erased = await readErased(environment, { from: firstDay, to: end })
    const rows = await countRows(table, range, ledger, positions)
    for (const { shardId, minute } of ledger) {
      const name = minuteName(shardId, minute)
      rows.set(name, (rows.get(name) ?? 0) + (erased.rows.get(name) ?? 0))
    }
    const archivedSites = await table.ask<{ site: string }>('SELECT DISTINCT site FROM events')
    const allSites = [...(await listSites(environment)), ...archivedSites.map((row) => row.site)]
    const sites = new Set(site ? [site] : allSites)
    const dayCells = await readDayCells(environment, sites, new Set(segments.map(({ name }) => name)))
    const checks = await checkCells(table, dayCells, {
      segments,
      sites,
      shards,
      positions,
      setAside: setAside.filter(({ consumer = aggregator }) => consumer === aggregator).map(({ name }) => name),
    })
    const cells = checks.filter(({ key }) => !erased.isTouched(key))
    const gaps = await findGaps(table, range, {
      overflow: overflow.map(batchInOverflow),
      quarantined: setAside.flatMap(({ batch }) => (batch ? [batch] : [])),
      now,
    })
    return { rows, cells, gaps }
  } finally {
    await table.close()
  }
}

/** The ledger knows nothing finer. */
function wholeMinutes({ from, to }: ArrivalRange): ArrivalRange {
  return { from: Math.floor(from / minuteMs) * minuteMs, to: Math.ceil(to / minuteMs) * minuteMs }
}

/** Whether the cell holds what the archive says, of visitors at an impossible rate all, nothing, or a part. */
export function isEqual({ cell, archive, hurried }: Omit<CellCheck, 'key' | 'notYet'>): boolean {
  return (['pageviews', 'clicks'] as const).every(
    (name) => cell[name] <= archive[name] && cell[name] >= archive[name] - hurried[name],
  )
}

export async function readAllPositions(environment: ConsumerEnvironment): Promise<ConsumerPositions> {
  return {
    aggregator: await readPositions(environment, aggregator),
    archiver: await readPositions(environment, archiver),
  }
}

/** Rows of which the ledger knows nothing are a line too, unless it has forgotten them. */
function withUnknownMinutes(ledger: ShardMinute[], rows: ReadonlyMap<string, number>, now: number): ShardMinute[] {
  const known = new Set(ledger.map(({ shardId, minute }) => minuteName(shardId, minute)))
  const unknown = [...rows.keys()]
    .filter((name) => !known.has(name))
    .map((name) => name.split(' '))
    .map(([shardId = '', minute]) => ({ shardId, minute: Number(minute) }))
  return [...ledger, ...unknown.filter(({ minute }) => minute > now - ledgerRetentionMs)]
}

/** Archived: kept, as rows or as a record's bytes. */
function totalsOf(lines: readonly Line[]): Reconciliation['totals'] {
  const made = noCounts()
  const kept = noCounts()
  for (const { verdict, aggregator, archiver } of lines) {
    if (verdict.kind === 'notYet') continue
    if (aggregator) addCounts(made, aggregator.counts)
    if (archiver) addCounts(kept, archiver.counts)
  }
  const { accepted, aggregated, duplicate, filtered, quarantined } = made
  return { accepted, aggregated, duplicate, filtered, quarantined, archived: kept.archived + kept.quarantined }
}

/** What `overflow/01773144000000-PRODUCER-0000000042-HASHKEY` holds. */
function batchInOverflow(key: string): Batch {
  const [, producer = '', sequence] = key.split('-')
  return [producer, Number(sequence)]
}

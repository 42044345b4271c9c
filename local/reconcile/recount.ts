/**
 * Counts the archive again, in SQL and without the aggregator's code: duplicates by (site, load, n), the event time of
 * DESIGN D5, nobody whom the rules leave out. What both come to the same by is what the rules say of a user agent, a host,
 * a visitor, a tag or a network, and that alone.
 *
 * Who comes at a rate that only programs reach is left out by the aggregator from then on, until the visit ends. Where visits
 * end is the fold's to know: here such visitors are found, and what is theirs may be in the cell or not.
 */
import { impossibleRate } from '../../consumers/aggregator/behaviour.ts'
import type { CellKey } from '../../consumers/aggregator/shapes/cell-key.ts'
import type { Segment } from '../../consumers/aggregator/shapes/segments.ts'
import type { ArrivalRange } from '../../consumers/archiver/read-archive.ts'
import { familiesOf } from '../../consumers/replay/shard-families.ts'
import { isAfter } from '../../stream/sequence.ts'
import type { Shard } from '../../stream/shard-map.ts'
import { type ArchiveTable, createTable, placeOf } from '../archive-table.ts'
import type { ConsumerPositions } from './balance.ts'
import type { DayCell } from './day-cells.ts'
import { isLeftOut, tabulateLeftOut } from './left-out.ts'
import type { ShardMinute } from './read-ledger.ts'

const minuteMs = 60_000
const dayMs = 86_400_000
const maxLateMs = 72 * 3_600_000

/** Rows of the archive by shard and arrival minute, up to where the archiver's entry goes, or its position. */
export async function countRows(
  table: ArchiveTable,
  range: ArrivalRange,
  ledger: readonly ShardMinute[],
  { archiver }: ConsumerPositions,
): Promise<Map<string, number>> {
  const entries = ledger.flatMap((entry) => (entry.archiver ? [entry.archiver] : []))
  await createTable(
    table,
    'entries',
    { shard: 'VARCHAR', minute: 'BIGINT', place: 'VARCHAR' },
    entries.map(({ shardId, minute, sequence }) => [shardId, minute, placeOf(sequence)]),
  )
  await createTable(
    table,
    'positions',
    { shard: 'VARCHAR', place: 'VARCHAR' },
    [...archiver].map(([shardId, sequence]) => [shardId, placeOf(sequence)]),
  )
  const rows = await table.ask<{ shard: string; minute: bigint; count: bigint }>(`
    SELECT events.shard AS shard, received // ${minuteMs} * ${minuteMs} AS minute, count(*) AS count
    FROM events
    LEFT JOIN entries ON entries.shard = events.shard AND entries.minute = received // ${minuteMs} * ${minuteMs}
    LEFT JOIN positions ON positions.shard = events.shard
    WHERE received >= ${range.from} AND received < ${range.to}
      AND events.place <= coalesce(entries.place, positions.place)
    GROUP BY ALL`)
  return new Map(rows.map(({ shard, minute, count }) => [minuteName(shard, Number(minute)), Number(count)]))
}

export function minuteName(shardId: string, minute: number): string {
  return `${shardId} ${minute}`
}

/** One cell, as it is and as the archive says it should be. */
export type CellCheck = {
  key: Pick<CellKey, 'site' | 'segment' | 'shardId' | 'start'>
  cell: { pageviews: number; clicks: number }
  archive: { pageviews: number; clicks: number }
  /** Of these, those of visitors at an impossible rate: the cell may hold as many less. */
  hurried: { pageviews: number; clicks: number }
  /** The archive does not yet hold what the cell does. */
  notYet: boolean
}

const none = { pageviews: 0, clicks: 0 }

/**
 * Visitors with more events than a person makes within the time of `impossibleRate` on either side of one of them, which
 * three of its times in a row contain: nobody else is left out for it.
 */
const hurriedVisitors = `
      SELECT DISTINCT site, visitor
      FROM (
        SELECT site, visitor, sum(count(*)) OVER (
            PARTITION BY site, visitor ORDER BY event_at // ${impossibleRate.withinMs} RANGE BETWEEN CURRENT ROW AND 2 FOLLOWING
          ) AS events
        FROM timed
        WHERE visitor IS NOT NULL
        GROUP BY site, visitor, event_at // ${impossibleRate.withinMs}
      )
      WHERE events > ${impossibleRate.events}`

/**
 * Compares day cells with the archive, each up to the last sequence number that both hold.
 *
 * @param table events of `segments`, whole days of arrival, and of the day before for duplicates that cross midnight
 * @param setAside records in quarantine, as `SHARD/SEQUENCE`: no cell holds what is in them
 */
export async function checkCells(
  table: ArchiveTable,
  cells: readonly DayCell[],
  context: {
    segments: readonly Segment[]
    sites: ReadonlySet<string>
    shards: readonly Shard[]
    positions: ConsumerPositions
    setAside: readonly string[]
  },
): Promise<CellCheck[]> {
  const { positions, segments, sites, shards, setAside } = context
  const archived = (shardId: string) => positions.archiver.get(shardId)
  /** Through the aggregator's position a cell is complete, whether or not it was changed there. */
  const bothThrough = (shardId: string) => {
    const [aggregator, archiver] = [positions.aggregator.get(shardId), archived(shardId)]
    if (aggregator === undefined || archiver === undefined) return undefined
    return isAfter(aggregator, archiver) ? archiver : aggregator
  }

  const checks = new Map<string, CellCheck>()
  const nameOf = (key: CellCheck['key']) => `${key.site} ${key.segment} ${key.start} ${key.shardId}`
  const through: (string | number)[][] = []
  for (const { key, sequence, pageviews, clicks } of cells) {
    const notYet = isAfter(sequence, archived(key.shardId))
    checks.set(nameOf(key), { key, cell: { pageviews, clicks }, archive: none, hurried: none, notYet })
    const both = bothThrough(key.shardId)
    const last = both !== undefined && isAfter(both, sequence) ? both : sequence
    through.push([key.site, key.segment, key.start, key.shardId, placeOf(last)])
  }
  const cellColumns = {
    site: 'VARCHAR',
    segment: 'VARCHAR',
    start: 'BIGINT',
    shard: 'VARCHAR',
    place: 'VARCHAR',
  } as const
  await createTable(table, 'cells', cellColumns, through)
  await createTable(
    table,
    'segments',
    { segment: 'VARCHAR', first: 'BIGINT', next: 'BIGINT' },
    segments.map(({ name, start, end }) => [name, start, end]),
  )
  const shardRows = [...positions.archiver.keys()].map((shardId) => [shardId, placeOf(bothThrough(shardId) ?? '')])
  await createTable(table, 'reached', { shard: 'VARCHAR', place: 'VARCHAR' }, shardRows)
  await createTable(table, 'families', { shard: 'VARCHAR', family: 'VARCHAR' }, [...familiesOf(shards)])
  await createTable(
    table,
    'set_aside',
    { shard: 'VARCHAR', place: 'VARCHAR' },
    setAside.map((name) => name.split('/')).map(([shardId = '', sequence = '']) => [shardId, placeOf(sequence)]),
  )
  await tabulateLeftOut(table, segments)

  type Counts = Record<'pageviews' | 'clicks' | 'hurried_pageviews' | 'hurried_clicks', bigint>
  type Row = { site: string; segment: string; start: bigint; shard: string } & Counts
  const counted = await table.ask<Row>(`
    WITH copies AS (
      SELECT events.*, row_number() OVER (
          PARTITION BY coalesce(family, events.shard), site, load, n ORDER BY events.place, "index"
        ) AS copy,
        least(received - (sent_at - page_at), received) AS corrected
      FROM events
      LEFT JOIN families ON families.shard = events.shard
      ANTI JOIN set_aside ON set_aside.shard = events.shard AND set_aside.place = events.place
    ), timed AS (
      SELECT *,
        CASE WHEN sent_at IS NULL THEN page_at WHEN corrected < received - ${maxLateMs} THEN received ELSE corrected END AS event_at
      FROM copies
      WHERE copy = 1
    ), hurried AS (${hurriedVisitors}
    ), counted AS (
      SELECT site, shard, place, type, segment, (site, visitor) IN (SELECT (site, visitor) FROM hurried) AS is_hurried,
        event_at // ${dayMs} * ${dayMs} AS start
      FROM timed
      JOIN segments ON received >= segments.first AND received < segments.next
      WHERE NOT (${isLeftOut})
    )
    SELECT counted.site AS site, counted.segment AS segment, counted.start AS start, counted.shard AS shard,
      count(*) FILTER (type = 'pageview') AS pageviews, count(*) FILTER (type = 'click') AS clicks,
      count(*) FILTER (type = 'pageview' AND is_hurried) AS hurried_pageviews,
      count(*) FILTER (type = 'click' AND is_hurried) AS hurried_clicks
    FROM counted
    LEFT JOIN cells USING (site, segment, start, shard)
    LEFT JOIN reached ON reached.shard = counted.shard
    WHERE counted.place <= coalesce(cells.place, reached.place)
    GROUP BY ALL`)
  for (const { site, segment, start, shard, ...counts } of counted) {
    if (!sites.has(site)) continue
    const key = { site, segment, start: Number(start), shardId: shard }
    const archive = { pageviews: Number(counts.pageviews), clicks: Number(counts.clicks) }
    const hurried = { pageviews: Number(counts.hurried_pageviews), clicks: Number(counts.hurried_clicks) }
    const known = checks.get(nameOf(key)) ?? { key, cell: none, notYet: false }
    checks.set(nameOf(key), { ...known, archive, hurried })
  }
  return [...checks].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, check]) => check)
}

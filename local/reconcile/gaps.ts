/**
 * Gaps in producer sequences. A producer counts the batches of a lane from 0, so a number that is missing between two
 * others is a batch that is nowhere. That alone is no loss: an endpoint that is killed while it stores leaves out
 * batches that nobody was told were accepted, and a batch in the overflow comes later.
 */
import type { ArrivalRange } from '../../consumers/archiver/read-archive.ts'
import type { Batch } from '../../consumers/runtime/quarantine-list.ts'
import { type ArchiveTable, createTable } from '../archive-table.ts'

export type Gap = {
  producer: string
  /** First and last batch that are missing. */
  from: number
  to: number
  shardId: string
  /** Arrival of the batch behind the gap, epoch milliseconds. */
  noticedAt: number
  kind: 'missing' | 'inOverflow' | 'recent'
}

/** A batch may be tried this long before it goes to the overflow or is given up; until then a gap may still close. */
const certainAfterMs = 5 * 60_000

/**
 * @param known batches that are not in the archive and not missing: in the overflow, and in quarantine
 * @returns gaps behind which a batch arrived in the range, the first batches that are known aside: what came before
 *   them may have come before the range
 */
export async function findGaps(
  table: ArchiveTable,
  range: ArrivalRange,
  { overflow, quarantined, now }: { overflow: readonly Batch[]; quarantined: readonly Batch[]; now: number },
): Promise<Gap[]> {
  await createTable(table, 'quarantined', { producer: 'VARCHAR', producer_sequence: 'BIGINT' }, quarantined)
  type Row = { producer: string; from: bigint; to: bigint; shard: string; received: bigint }
  const rows = await table.ask<Row>(`
    WITH batches AS (
      SELECT producer, producer_sequence, min(received) AS received, min(shard) AS shard FROM events GROUP BY ALL
      UNION ALL SELECT producer, producer_sequence, NULL, NULL FROM quarantined
    ), behind AS (
      SELECT *, lag(producer_sequence) OVER (PARTITION BY producer ORDER BY producer_sequence) AS previous FROM batches
    )
    SELECT producer, previous + 1 AS "from", producer_sequence - 1 AS "to", shard, received
    FROM behind
    WHERE producer_sequence > previous + 1 AND received >= ${range.from} AND received < ${range.to}
    ORDER BY received, producer, "from"`)
  return rows.map((row) => {
    const [from, to, noticedAt] = [Number(row.from), Number(row.to), Number(row.received)]
    const waits = overflow.some(([producer, n]) => producer === row.producer && n >= from && n <= to)
    const kind = waits ? 'inOverflow' : now - noticedAt < certainAfterMs ? 'recent' : 'missing'
    return { producer: row.producer, from, to, shardId: row.shard, noticedAt, kind }
  })
}

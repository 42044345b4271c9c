/**
 * Whether the archive holds everything of a stretch: by the ledger, which says what came and what was archived
 * (docs/decisions/0010), for as long as the ledger is kept; before that, by what the manifest names alone.
 */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { consumerName as aggregator } from '../../aggregator/aggregator.ts'
import { consumerName as archiver } from '../../archiver/archiver.ts'
import { countErased, type ShardHour } from '../../archiver/manifest.ts'
import { arrivalHour } from '../../archiver/parquet-sink.ts'
import { readLedgerEntries } from '../../runtime/shapes/read-ledger.ts'
import { hourStart } from './archive-window.ts'
import { SourceError, type Stretch, stretchText } from './source.ts'

/** Events of one shard that were received in one hour, as the ledger counts them. */
export type HourCounts = {
  hour: string
  shardId: string
  /** Rows that the archiver stored, and events that it set aside. */
  archived: number
  setAside: number
  /** Events that the aggregator read, whatever it made of them. */
  aggregated: number
}
export type ArchivedCounts = (stretch: Stretch) => Promise<HourCounts[]>

const dayMs = 86_400_000
/** A replay warms up on the day before its first: a stretch that begins with two days of nothing begins too early. */
const longestLeadMs = 2 * dayMs

export function createArchivedCounts(client: DynamoDBClient, table: string): ArchivedCounts {
  return async (stretch) => {
    const found = new Map<string, HourCounts>()
    for (const consumer of [aggregator, archiver])
      for (const { minute, shardId, counts } of await readLedgerEntries(client, table, consumer, stretch)) {
        const hour = arrivalHour(minute)
        const name = `${hour} ${shardId}`
        const sum = found.get(name) ?? { hour, shardId, archived: 0, setAside: 0, aggregated: 0 }
        found.set(name, sum)
        sum.archived += counts.archived
        sum.aggregated += counts.aggregated + counts.duplicate + counts.filtered
        if (consumer === archiver) sum.setAside += counts.quarantined
      }
    return [...found.values()].sort((a, b) => (`${a.hour} ${a.shardId}` < `${b.hour} ${b.shardId}` ? -1 : 1))
  }
}

/**
 * @param within what the manifest names of the stretch
 * @throws SourceError `not_covered`, with the hour or the range that is missing
 */
export async function checkCoverage(
  counts: ArchivedCounts,
  stretch: Stretch,
  within: readonly ShardHour[],
): Promise<void> {
  if (within.length === 0)
    throw new SourceError('not_covered', `the archive holds nothing that was received from ${stretchText(stretch)}`)
  const [first = ''] = within.map(({ hour }) => hour).sort()
  if (hourStart(first) >= stretch.from + longestLeadMs)
    throw new SourceError(
      'not_covered',
      `the archive holds nothing that was received before ${first}:00Z of ${stretchText(stretch)}`,
    )
  const rows = new Map<string, number>()
  // What was erased came, and is not missing.
  for (const { hour, shardId, objects, erased = [] } of within)
    rows.set(
      `${hour} ${shardId}`,
      objects.reduce((sum, object) => sum + object.rows, countErased({ erased })),
    )
  for (const { hour, shardId, archived, setAside, aggregated } of await counts(stretch)) {
    const named = rows.get(`${hour} ${shardId}`) ?? 0
    if (named < archived)
      throw new SourceError(
        'not_covered',
        `the manifest names ${named} events of ${shardId} in ${hour}:00Z, ${archived} were archived`,
      )
    if (aggregated > archived + setAside)
      throw new SourceError(
        'not_covered',
        `the archiver has saved ${archived} events of ${shardId} in ${hour}:00Z, ${aggregated} came: it is behind`,
      )
  }
}

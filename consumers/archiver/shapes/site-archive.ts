/**
 * What the archive holds of one site, as one Parquet file that is made while it is read: the door by which other rooms
 * come to the archive (docs/decisions/0022). Which objects count, how they are read and what a row is stay behind it.
 */
import { type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb'
import type { S3Client } from '@aws-sdk/client-s3'
import { createObjects } from '../../runtime/objects.ts'
import { createManifest } from '../manifest.ts'
import { ParquetObject, rowGroupRows } from '../parquet.ts'
import { type ArrivalRange, listArchive, readArchive } from '../read-archive.ts'
import type { ArchiveRow } from '../rows.ts'

/** First and last UTC day of arrival, both included: `2026-11-23`. */
export type ArchiveDays = { first: string; last: string }

export type SiteArchive = {
  /** @returns the first day of which anything is archived, of any site; undefined when nothing is. Reads the whole manifest. */
  firstDay(): Promise<string | undefined>
  /** Whether anything that arrived on these days is archived, of any site. */
  holds(days: ArchiveDays): Promise<boolean>
  /**
   * The site's rows of these days, each once, in the order of the archive: shard by shard, in stream order. Held are one
   * row group of the file, and of the archive what `readArchive` holds; without any row it is a file of none.
   *
   * @throws when an object is missing or altered, or a store is away: what came until then has no footer, so that
   *   nobody takes it for a whole file
   */
  parquet(site: string, days: ArchiveDays): AsyncGenerator<Uint8Array>
}

export type SiteArchivePlace = { dynamo: DynamoDBClient; tablePrefix: string; s3: S3Client; bucket: string }

const dayMs = 86_400_000

export function createSiteArchive({ dynamo, tablePrefix, s3, bucket }: SiteArchivePlace): SiteArchive {
  const table = `${tablePrefix}archive`
  const manifest = createManifest(dynamo, table)
  const stores = { manifest, objects: createObjects(s3, bucket) }
  return {
    async firstDay() {
      const days = { ProjectionExpression: '#day', ExpressionAttributeNames: { '#day': 'day' } }
      let first: string | undefined
      for await (const { Items = [] } of paginateScan({ client: dynamo }, { TableName: table, ...days }))
        for (const { day } of Items) if (day?.S !== undefined && (first === undefined || day.S < first)) first = day.S
      return first
    },
    holds: async (days) => (await listArchive(manifest, rangeOf(days))).length > 0,
    parquet: (site, days) => writeSite(readArchive(stores, rangeOf(days)), site),
  }
}

async function* writeSite(portions: AsyncGenerator<ArchiveRow[]>, site: string): AsyncGenerator<Uint8Array> {
  const file = new ParquetObject()
  let waiting: ArchiveRow[] = []
  for await (const portion of portions) {
    waiting.push(...portion.filter(({ delivery }) => delivery.site === site))
    // A portion is no more than a row group of the archive: at most two are held here.
    if (waiting.length < rowGroupRows) continue
    file.append(waiting.slice(0, rowGroupRows))
    waiting = waiting.slice(rowGroupRows)
    yield file.take()
  }
  if (waiting.length > 0) file.append(waiting)
  yield file.finish()
}

function rangeOf({ first, last }: ArchiveDays): ArrivalRange {
  return { from: Date.parse(first), to: Date.parse(last) + dayMs }
}

/**
 * Reads the archive as what the aggregator got: for each shard its records, in stream order (docs/decisions/0014). In
 * memory are one object of a shard and the next, and one more for each other hour that had arrivals in the same stretch
 * of the stream; decoded is one row group of each that is being read.
 */
import { compareSequence, isAfter, type SequenceNumber } from '../../../stream/sequence.ts'
import type { Shard } from '../../../stream/shard-map.ts'
import type { ArchiveObject, Manifest } from '../../archiver/manifest.ts'
import { alterationOf } from '../../archiver/object-bytes.ts'
import { columnsFromParquet, type RowGroup } from '../../archiver/parquet.ts'
import { isStoreFault } from '../../runtime/faults.ts'
import type { Objects } from '../../runtime/objects.ts'
import type { DecodedStreamRecord } from '../../runtime/records.ts'
import { type ArchivedCounts, checkCoverage } from './archive-coverage.ts'
import { findWindows, listStretch, type ShardWindow } from './archive-window.ts'
import { fetchAhead, MissingObject } from './fetch-ahead.ts'
import { mergeParts, type PartSource } from './merge-parts.ts'
import { type RecordPart, toParts } from './record-parts.ts'
import { type ReplaySource, SourceError, type Stretch } from './source.ts'

export type ArchiveStores = {
  manifest: Manifest
  objects: Pick<Objects, 'get'>
  counts: ArchivedCounts
  /** The stream's shards, for who came from whom: the archive does not say. Those it no longer knows have no parents. */
  listShards(): Promise<readonly Shard[]>
}

/** An object may be merged away while it is waited for; more often than this in a row, something else is wrong. */
const mostRestarts = 3

/**
 * @param stretch what `shards()` is about, and what is checked to be there
 * @throws SourceError `not_covered` when the archive does not hold all of the stretch
 */
export async function openArchiveSource(stores: ArchiveStores, stretch: Stretch): Promise<ReplaySource> {
  const within = await listStretch(stores.manifest, stretch)
  await checkCoverage(stores.counts, stretch, within)
  const held = [...new Set(within.map(({ shardId }) => shardId))].sort()
  return {
    async shards() {
      const known = new Map((await stores.listShards()).map((shard) => [shard.shardId, shard]))
      return held.map((shardId) => known.get(shardId) ?? { shardId, startingHashKey: '0', parents: [], closed: true })
    },
    read: (shardId, { after, ...part }) => readShard(stores, shardId, part, after),
  }
}

async function* readShard(
  stores: ArchiveStores,
  shardId: string,
  stretch: Stretch,
  after: SequenceNumber | undefined,
): AsyncGenerator<readonly DecodedStreamRecord[]> {
  let through = after
  let missing: string | undefined
  for (let restarts = 0; ; restarts++) {
    const window = await findWindow(stores.manifest, shardId, stretch)
    if (!window) return
    const rest = window.objects.filter(({ last }) => isAfter(last, through))
    if (missing !== undefined && (rest.some(({ key }) => key === missing) || restarts > mostRestarts))
      throw new SourceError('object_missing', `${missing} is not there, and the manifest names it`)
    try {
      const fetch = fetchAhead(stores.objects, rest)
      for await (const parts of mergeParts(rest.map((object, place) => partsOf(object, () => fetch(place))))) {
        const records = parts
          .map(({ record }) => record)
          .filter(({ sequenceNumber }) => isWithin(window, sequenceNumber))
        const left = records.filter(({ sequenceNumber }) => isAfter(sequenceNumber, through))
        if (left.length > 0) yield left
        through = left.at(-1)?.sequenceNumber ?? through
        restarts = 0
      }
      return
    } catch (error) {
      if (!(error instanceof MissingObject)) throw error
      missing = error.key
    }
  }
}

async function findWindow(manifest: Manifest, shardId: string, stretch: Stretch): Promise<ShardWindow | undefined> {
  const within = (await listStretch(manifest, stretch)).filter((hour) => hour.shardId === shardId)
  if (within.length === 0) return undefined
  const [window] = await findWindows(manifest, stretch, within)
  return window
}

function isWithin({ first, last }: ShardWindow, sequence: SequenceNumber): boolean {
  return compareSequence(sequence, first) >= 0 && compareSequence(sequence, last) <= 0
}

function partsOf(object: ArchiveObject, fetch: () => Promise<Uint8Array>): PartSource {
  return {
    first: object.first,
    async *open() {
      const body = await fetch()
      const alteration = alterationOf(body, object)
      if (alteration) throw new SourceError('object_corrupt', `${object.key} is corrupt: ${alteration}`)
      let rows = 0
      try {
        for await (const group of columnsFromParquet(body)) {
          if (rows === 0 && group.column('sequence')[0] !== object.first)
            throw new Error(`it begins with ${group.column('sequence')[0]}, the manifest says ${object.first}`)
          rows += group.rows
          yield* decode(group)
        }
        if (rows !== object.rows) throw new Error(`it holds ${rows} rows, the manifest says ${object.rows}`)
      } catch (error) {
        if (error instanceof SourceError || isStoreFault(error)) throw error
        const reason = error instanceof Error ? error.message : String(error)
        throw new SourceError('object_corrupt', `${object.key} cannot be read: ${reason}`, { cause: error })
      }
    },
  }
}

/** Rows without what every row has are no rows of ours. */
function decode(group: RowGroup): Generator<RecordPart[]> {
  for (const name of ['site', 'type', 'load', 'url', 'received', 'sequence', 'index', 'producer'])
    if (group.column(name).length < group.rows) throw new Error(`the column ${name} is not whole`)
  return toParts(group)
}

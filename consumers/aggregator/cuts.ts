/**
 * The cuts between arrival segments: one item of the table `control`, which every consumer that counts reads again at
 * least every five seconds, and which is replaced by compare-and-swap on its revision.
 *
 *     kind      S  cuts
 *     name      S  all
 *     revision  N  counts the writes
 *     cuts      S  JSON: shapes/segments.ts
 */
import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'
import { replaceRevision } from '../runtime/revisions.ts'
import { type Cut, cutsFromJson, cutsToJson } from './shapes/segments.ts'

export type Cuts = { revision: number; cuts: readonly Cut[] }

export type MakeCutResult =
  | { outcome: 'made'; cut: Cut }
  /** Some consumer may count beyond this time before it knows of the cut. */
  | { outcome: 'too_soon'; earliest: number }
  | { outcome: 'exists'; cut: Cut }
  /** Somebody else has made one since they were seen. */
  | { outcome: 'overtaken' }
  | { outcome: 'too_many' }

export type CutStore = {
  load(): Promise<Cuts>
  /**
   * Divides what arrives from `cut.at` on from what arrives before.
   *
   * @param revision as it was seen, where the cut rests on it; without it, whatever there is
   */
  make(cut: Cut, now: number, revision?: number): Promise<MakeCutResult>
}

/** The longest that a consumer goes by cuts that it has read: then it reads them again, or stops. */
export const maxCutAgeMs = 5000
/**
 * A cut lies so far ahead. A consumer that does not know it read its cuts before it was made, and handles no record with
 * them that arrives more than `maxCutAgeMs` later: ten seconds are left for clocks that differ.
 */
export const minCutAheadMs = 15_000
/** An item holds 400 KB; a cut takes some 25 to 90 bytes. */
const maxCuts = 4000

const key = { kind: { S: 'cuts' }, name: { S: 'all' } }

export function createCutStore(client: DynamoDBClient, table: string): CutStore {
  async function load(): Promise<Cuts> {
    const { Item } = await client.send(new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }))
    if (!Item) return { revision: 0, cuts: [] }
    return { revision: Number(Item.revision?.N), cuts: cutsFromJson(Item.cuts?.S ?? '') }
  }

  return {
    load,
    async make(cut, now, revision) {
      const earliest = now + minCutAheadMs
      if (cut.at < earliest) return { outcome: 'too_soon', earliest }
      while (true) {
        const seen = await load()
        if (revision !== undefined && seen.revision !== revision) return { outcome: 'overtaken' }
        const same = seen.cuts.find(({ at }) => at === cut.at)
        if (same) return { outcome: 'exists', cut: same }
        if (seen.cuts.length >= maxCuts) return { outcome: 'too_many' }
        const cuts = [...seen.cuts, cut].sort((a, b) => a.at - b.at)
        const item = { ...key, cuts: { S: cutsToJson(cuts) } }
        if (await replaceRevision(client, table, item, seen.revision + 1)) return { outcome: 'made', cut }
        // Somebody else made one meanwhile.
      }
    },
  }
}

/**
 * Generations and publications (table `control`): each item is replaced by compare-and-swap on its revision. Losing a
 * race means to look again; what is not allowed then is said, not thrown.
 *
 * There is no transaction over a generation and the publications, and none is needed. Whoever drops a generation marks it
 * first, then writes the publications as they are under the next revision, and deletes nothing before: a publisher who
 * looked before the mark either wrote first, and the drop is taken back, or loses the swap, looks again, and sees the mark.
 */
import { type AttributeValue, type DynamoDBClient, GetItemCommand, paginateQuery } from '@aws-sdk/client-dynamodb'
import { replaceRevision } from '../../runtime/revisions.ts'
import {
  type GenerationChange,
  type GenerationRecord,
  type GenerationState,
  generationFromItem,
  generationKey,
  generationKind,
  generationToItem,
  type Transition,
  transitions,
} from './generations.ts'
import {
  isPublished,
  maxListBytes,
  type Publications,
  publicationsFromItem,
  publicationsKey,
  publicationsToItem,
  withoutPublication,
  withPublication,
} from './publications.ts'

export type ChangeResult =
  | { outcome: 'changed'; generation: GenerationRecord }
  | { outcome: 'unknown' }
  | { outcome: 'wrong_state'; state: GenerationState }
  /** Another run has taken it since it was seen. */
  | { outcome: 'overtaken' }

export type PublishResult =
  | { outcome: 'published'; publications: Publications }
  | { outcome: 'unknown' }
  | { outcome: 'wrong_state'; state: GenerationState }
  | { outcome: 'too_many' }

export type RollbackResult = { outcome: 'rolled_back'; publications: Publications } | { outcome: 'not_published' }

export type DropResult =
  | { outcome: 'dropped'; cells: number }
  | { outcome: 'unknown' }
  | { outcome: 'wrong_state'; state: GenerationState }
  | { outcome: 'published' }
  /** Somebody may still be reading its cells, or writing them. */
  | { outcome: 'too_soon'; earliest: number }

export type GenerationStore = {
  /** The latest first. */
  list(): Promise<GenerationRecord[]>
  find(id: string): Promise<GenerationRecord | undefined>
  /** @returns false when there is one of this id: nothing is changed then */
  create(record: GenerationRecord): Promise<boolean>
  /**
   * Of two who claim one generation at once, one is told `wrong_state`.
   *
   * @param seen with the run that is meant: each is known by when it was started
   */
  change(
    id: string,
    transition: Transition,
    change?: GenerationChange,
    seen?: Pick<GenerationRecord, 'startedAt'>,
  ): Promise<ChangeResult>
  publications(): Promise<Publications>
  publish(id: string, now: number): Promise<PublishResult>
  rollback(id: string, now: number): Promise<RollbackResult>
  /** May be repeated after a crash. @param deleteCells deletes what there is; answers how many items there were */
  drop(id: string, now: number, deleteCells: (record: GenerationRecord) => Promise<number>): Promise<DropResult>
}

/** Whoever answers by what was published before has read it a second ago at most, and has answered by then. */
export const readersMs = 30_000
/** A replay that has said nothing for so long is dead: it reports every few seconds. */
export const silentMs = 600_000

export function createGenerationStore(client: DynamoDBClient, table: string): GenerationStore {
  async function load(Key: Record<string, AttributeValue>): Promise<Record<string, AttributeValue> | undefined> {
    return (await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }))).Item
  }

  const put = (item: Record<string, AttributeValue>, revision: number) => replaceRevision(client, table, item, revision)

  async function find(id: string): Promise<GenerationRecord | undefined> {
    const item = await load(generationKey(id))
    return item && generationFromItem(item)
  }
  const publications = async () => publicationsFromItem(await load(publicationsKey))
  const replacePublications = (next: Publications) => put(publicationsToItem(next), next.revision)

  const change: GenerationStore['change'] = async (id, transition, changes = {}, seen) => {
    const { from, to } = transitions[transition]
    while (true) {
      const stored = await find(id)
      if (!stored) return { outcome: 'unknown' }
      if (!from.some((state) => state === stored.state)) return { outcome: 'wrong_state', state: stored.state }
      if (seen && seen.startedAt !== stored.startedAt) return { outcome: 'overtaken' }
      const generation = { ...stored, ...changes, state: to, revision: stored.revision + 1 }
      if (await put(generationToItem(generation), generation.revision)) return { outcome: 'changed', generation }
    }
  }

  /** Nobody who looked before this can publish a generation that was marked before it. */
  async function fence(): Promise<Publications> {
    while (true) {
      const seen = await publications()
      const next = { ...seen, revision: seen.revision + 1 }
      if (await replacePublications(next)) return next
    }
  }

  return {
    async list() {
      const query = {
        TableName: table,
        KeyConditionExpression: 'kind = :kind',
        ExpressionAttributeValues: { ':kind': { S: generationKind } },
        ConsistentRead: true,
      }
      const records: GenerationRecord[] = []
      for await (const { Items = [] } of paginateQuery({ client }, query))
        records.push(...Items.map(generationFromItem))
      return records.sort((a, b) => b.requestedAt - a.requestedAt)
    },
    find,
    create: (record) => put(generationToItem({ ...record, revision: 1 }), 1),
    change,
    publications,

    async publish(id, now) {
      while (true) {
        const seen = await publications()
        const record = await find(id)
        if (!record) return { outcome: 'unknown' }
        if (record.state !== 'ready') return { outcome: 'wrong_state', state: record.state }
        if (seen.list.at(-1)?.generation === id) return { outcome: 'published', publications: seen }
        const { sites, segments } = record
        const next = withPublication(seen, { generation: id, sites, segments, at: now })
        if (publicationsToItem(next).list.B.byteLength > maxListBytes) return { outcome: 'too_many' }
        if (await replacePublications(next)) return { outcome: 'published', publications: next }
      }
    },

    async rollback(id, now) {
      while (true) {
        const seen = await publications()
        if (!isPublished(seen, id)) return { outcome: 'not_published' }
        const next = withoutPublication(seen, id, now)
        if (await replacePublications(next)) return { outcome: 'rolled_back', publications: next }
      }
    },

    async drop(id, now, deleteCells) {
      const record = await find(id)
      if (!record) return { outcome: 'unknown' }
      const seen = await publications()
      if (isPublished(seen, id)) return { outcome: 'published' }
      const writtenAt = record.state === 'running' ? (record.progress?.at ?? record.startedAt ?? 0) + silentMs : 0
      const earliest = Math.max(seen.rollbackAt + readersMs, writtenAt)
      if (now < earliest) return { outcome: 'too_soon', earliest }
      const marked = await change(id, 'drop')
      // Nobody's run is meant, so nobody can be overtaken.
      if (marked.outcome === 'overtaken') throw new Error(`${id} was to be dropped whoever runs it`)
      if (marked.outcome !== 'changed') return marked
      const fenced = await fence()
      // Only what was ready can have been published meanwhile, and perhaps rolled back since.
      if (isPublished(fenced, id) || (record.state === 'ready' && fenced.rollbackAt !== seen.rollbackAt)) {
        await change(id, 'keep')
        if (isPublished(fenced, id)) return { outcome: 'published' }
        return { outcome: 'too_soon', earliest: fenced.rollbackAt + readersMs }
      }
      const cells = await deleteCells(marked.generation)
      await change(id, 'dropped')
      return { outcome: 'dropped', cells }
    },
  }
}

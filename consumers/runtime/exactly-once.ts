/**
 * Effects exactly once, without transactions (docs/decisions/0005-effects-exactly-once.md). A stored value remembers
 * the last sequence number folded into it and is replaced by compare-and-swap on that number; changes that it already
 * holds are skipped. So the same records may be handled again, after a crash or beside another runner, and every
 * value still holds each of them once.
 */
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb'
import { isAfter, type SequenceNumber } from '../../stream/sequence.ts'

/** A value with the last sequence number folded into it; undefined: it is not stored yet. */
export type Versioned<Value> = { value: Value; sequence: SequenceNumber | undefined }

export type VersionedStore<Key, Value> = {
  load(key: Key): Promise<Versioned<Value>>
  /**
   * Stores `seen.value`, which goes up to `sequence` now, in place of what was seen.
   *
   * @returns false when what is stored is not what was seen any more
   */
  replace(key: Key, seen: Versioned<Value>, sequence: SequenceNumber): Promise<boolean>
}

export type Change<T> = { sequence: SequenceNumber; change: T }

/**
 * @param known the value as last seen, which this call may alter; undefined: it is loaded
 * @param changes in order of their sequence numbers
 * @returns the value as it is stored now
 */
export async function applyOnce<Key, Value, T>(
  store: VersionedStore<Key, Value>,
  key: Key,
  known: Versioned<Value> | undefined,
  changes: readonly Change<T>[],
  apply: (value: Value, change: T) => void,
): Promise<Versioned<Value>> {
  let seen = known ?? (await store.load(key))
  while (true) {
    const fresh = changes.filter(({ sequence }) => isAfter(sequence, seen.sequence))
    const last = fresh.at(-1)
    if (!last) return seen
    for (const { change } of fresh) apply(seen.value, change)
    if (await store.replace(key, seen, last.sequence)) return { value: seen.value, sequence: last.sequence }
    // Another runner was here: what it stored may already hold some of these.
    seen = await store.load(key)
  }
}

/** Writes at the same time: enough to hide a round trip, few enough not to crowd out the reads of others. */
const parallelWrites = 16

/** Runs `work` for each item, at most 16 at a time; rejects with the first failure. */
export async function inParallel<T>(items: Iterable<T>, work: (item: T) => Promise<void>): Promise<void> {
  const left = items[Symbol.iterator]()
  const workFrom = async (first: IteratorResult<T>) => {
    for (let item = first; !item.done; item = left.next()) await work(item.value)
  }
  // Mostly there are two or three items, after every record: no promises for workers without work.
  const workers: Promise<void>[] = []
  for (let item = left.next(); !item.done; item = left.next())
    if (workers.push(workFrom(item)) === parallelWrites) break
  await Promise.all(workers)
}

type Item = Record<string, AttributeValue>

/** How values lie in a table: their key, and their other attributes (`sequence` is ours). */
export type ItemShape<Key, Value> = {
  keyOf(key: Key): Item
  toItem(key: Key, value: Value): Item
  fromItem(item: Item): Value
  empty(): Value
}

const isNew = 'attribute_not_exists(#sequence)'
const isAsSeen = '#sequence = :seen'

export function createVersionedStore<Key, Value>(
  client: DynamoDBClient,
  table: string,
  shape: ItemShape<Key, Value>,
): VersionedStore<Key, Value> {
  return {
    async load(key) {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: table, Key: shape.keyOf(key), ConsistentRead: true }),
      )
      return Item
        ? { value: shape.fromItem(Item), sequence: Item.sequence?.S }
        : { value: shape.empty(), sequence: undefined }
    },

    async replace(key, seen, sequence) {
      const condition =
        seen.sequence === undefined
          ? { ConditionExpression: isNew }
          : { ConditionExpression: isAsSeen, ExpressionAttributeValues: { ':seen': { S: seen.sequence } } }
      try {
        await client.send(
          new PutItemCommand({
            TableName: table,
            Item: { ...shape.keyOf(key), ...shape.toItem(key, seen.value), sequence: { S: sequence } },
            ExpressionAttributeNames: { '#sequence': 'sequence' },
            ...condition,
          }),
        )
        return true
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false
        throw error
      }
    },
  }
}

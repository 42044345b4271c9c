/**
 * Which shard owns a visitor. Kinesis spreads 128-bit hash keys over its shards in contiguous ranges; a
 * visitor's routing number is the top 32 bits of their key, so ownership is a search in a short sorted list.
 */
export type Shard = {
  shardId: string
  /** Decimal, as ListShards gives it: also the ExplicitHashKey that puts a record into this shard. */
  startingHashKey: string
  /** Shards this one was split or merged from; empty when they are past retention. */
  parents: string[]
  /** Closed by a split or merge: takes no records, but may still hold some. */
  closed: boolean
}

/** A shard as ListShards gives it. */
type ListedShard = {
  ShardId?: string | undefined
  ParentShardId?: string | undefined
  AdjacentParentShardId?: string | undefined
  HashKeyRange?: { StartingHashKey?: string | undefined } | undefined
  SequenceNumberRange?: { EndingSequenceNumber?: string | undefined } | undefined
}

export function toShard(listed: ListedShard): Shard {
  const parents = [listed.ParentShardId, listed.AdjacentParentShardId]
  return {
    shardId: listed.ShardId ?? '',
    startingHashKey: listed.HashKeyRange?.StartingHashKey ?? '0',
    parents: parents.filter((parent) => parent !== undefined),
    closed: listed.SequenceNumberRange?.EndingSequenceNumber !== undefined,
  }
}

export type ShardMap = {
  shards: readonly Shard[]
  /** The open shard that owns a routing number (0 to 2^32 - 1). */
  owner(routing: number): Shard
}

const routingShift = 96n

/**
 * @param shards open shards, in any order, covering the key space
 * @throws when there is none, since nothing could then be stored
 */
export function createShardMap(shards: readonly Shard[]): ShardMap {
  const sorted = shards
    .filter((shard) => !shard.closed)
    // By key, not by routing number: shards so narrow that no routing number leads to them share one.
    .sort((a, b) => (BigInt(a.startingHashKey) < BigInt(b.startingHashKey) ? -1 : 1))
    .map((shard) => ({ shard, first: firstRouting(shard.startingHashKey) }))
  const lowest = sorted[0]
  if (!lowest) throw new Error('the stream has no open shard')

  return {
    shards: sorted.map(({ shard }) => shard),
    owner(routing) {
      let low = 0
      let high = sorted.length - 1
      while (low < high) {
        const middle = (low + high + 1) >>> 1
        if ((sorted[middle] ?? lowest).first <= routing) low = middle
        else high = middle - 1
      }
      return (sorted[low] ?? lowest).shard
    },
  }
}

/**
 * Stands in for a shard list that cannot be read: sixteen equal ranges, whose records Kinesis still puts where their
 * hash keys belong.
 */
export function provisionalShards(): Shard[] {
  return Array.from({ length: 16 }, (_, i) => ({
    shardId: `provisional-${i}`,
    startingHashKey: String(BigInt(i) << 124n),
    parents: [],
    closed: false,
  }))
}

/** The smallest routing number whose hash key is not below `startingHashKey`. */
function firstRouting(startingHashKey: string): number {
  const key = BigInt(startingHashKey)
  const floor = key >> routingShift
  return Number(floor << routingShift === key ? floor : floor + 1n)
}

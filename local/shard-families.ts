import type { Shard } from '../stream/shard-map.ts'

/** Shards that know of each other's events: what was split or merged, by the first of them. */
export function familiesOf(shards: readonly Shard[]): Map<string, string> {
  const eldest = new Map<string, string>()
  const find = (shardId: string): string => {
    const parent = eldest.get(shardId)
    return parent === undefined || parent === shardId ? shardId : find(parent)
  }
  for (const { shardId, parents } of shards) for (const parent of parents) eldest.set(find(shardId), find(parent))
  return new Map(shards.map(({ shardId }) => [shardId, find(shardId)]))
}

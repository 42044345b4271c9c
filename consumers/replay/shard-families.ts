/** Shards that know of each other's events: what was split or merged. */
import type { Shard } from '../../stream/shard-map.ts'

/** Each shard's family, named by the first of its shards. */
export function familiesOf(shards: readonly Shard[]): Map<string, string> {
  const eldest = new Map<string, string>()
  const find = (shardId: string): string => {
    const parent = eldest.get(shardId)
    return parent === undefined || parent === shardId ? shardId : find(parent)
  }
  for (const { shardId, parents } of shards) for (const parent of parents) eldest.set(find(shardId), find(parent))
  return new Map(shards.map(({ shardId }) => [shardId, find(shardId)]))
}

/** A family with its shards in an order in which parents come before their children. */
export type Family = readonly Shard[]

export function toFamilies(shards: readonly Shard[]): Family[] {
  const nameOf = familiesOf(shards)
  const groups = Map.groupBy(shards, ({ shardId }) => nameOf.get(shardId) ?? shardId)
  return [...groups.values()].map(parentsFirst)
}

function parentsFirst(shards: readonly Shard[]): Family {
  const byId = new Map(shards.map((shard) => [shard.shardId, shard]))
  const ordered = new Set<Shard>()
  const visit = (shard: Shard) => {
    if (ordered.has(shard)) return
    for (const parent of shard.parents) {
      const known = byId.get(parent)
      if (known) visit(known)
    }
    ordered.add(shard)
  }
  for (const shard of shards) visit(shard)
  return [...ordered]
}

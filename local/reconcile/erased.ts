/**
 * What owners had erased (consumers/eraser): the ledger counts it, the archive does not have it any more, and says how much
 * that was. Figures keep what a visitor added to them, so cells whose events are partly gone cannot be counted again.
 */
import { createManifest } from '../../consumers/archiver/manifest.ts'
import type { ArrivalRange } from '../../consumers/archiver/read-archive.ts'
import type { ConsumerEnvironment } from '../../consumers/runtime/process.ts'

import { type CellCheck, minuteName } from './recount.ts'

export type Erased = {
  /** Rows that are gone, by shard and arrival minute. */
  rows: ReadonlyMap<string, number>
  /** Whether events of a cell may be gone. */
  isTouched(key: CellCheck['key']): boolean
}

const dayMs = 86_400_000

/** @param range whole UTC days */
export async function readErased({ clients, table }: ConsumerEnvironment, range: ArrivalRange): Promise<Erased> {
  const manifest = createManifest(clients.dynamo, table('archive'))
  const rows = new Map<string, number>()
  const touched = new Set<string>()
  for (let at = range.from; at < range.to; at += dayMs) {
    const day = new Date(at).toISOString().slice(0, 10)
    for (const { shardId, erased = [] } of await manifest.listDay(day))
      for (const { minute, rows: count } of erased) {
        const name = minuteName(shardId, minute)
        rows.set(name, (rows.get(name) ?? 0) + count)
        touched.add(`${day} ${shardId}`)
      }
  }
  return {
    rows,
    isTouched: ({ segment, shardId }) => touched.has(`${segment.slice(0, 'YYYY-MM-DD'.length)} ${shardId}`),
  }
}

/** What the bench folds with: the archive in a folder, everything else in memory. */
import type { CellStore } from '../../consumers/aggregator/cell-store.ts'
import type { FoldStores } from '../../consumers/replay/fold-family.ts'
import { withoutExpired } from '../../consumers/replay/kept-minutes.ts'
import { openArchiveSource } from '../../consumers/replay/sources/archive-source.ts'
import { type ReplayTask, stretchOf } from '../../consumers/replay/task.ts'
import type { Checkpoint } from '../../consumers/runtime/checkpoints.ts'
import { openArchive } from './folder-archive.ts'

export async function openBenchStores(folder: string, task: ReplayTask, cells: CellStore): Promise<FoldStores> {
  const saved = new Map<string, Checkpoint>()
  const snapshots = new Map<string, Uint8Array>()
  return {
    source: await openArchiveSource(await openArchive(folder), stretchOf(task.timeline)),
    cells: withoutExpired(cells, task.startedAt),
    checkpoints: {
      find: async (_, shardId) => saved.get(shardId),
      async replace(_, shardId, checkpoint) {
        saved.set(shardId, checkpoint)
        return true
      },
      unsaved: async () => [],
    },
    objects: {
      put: async (key, body) => void snapshots.set(key, body),
      get: async (key) => snapshots.get(key) ?? new Uint8Array(),
      delete: async (key) => void snapshots.delete(key),
      list: async () => [...snapshots.keys()],
    },
  }
}

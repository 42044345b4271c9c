/** The stores of a replay, for a process or a thread of one. */
import { createCellStore } from '../aggregator/cell-store.ts'
import type { ConsumerEnvironment } from '../runtime/process.ts'
import type { FoldStores } from './fold-family.ts'
import { withoutExpired } from './kept-minutes.ts'
import { openSource } from './open-source.ts'
import type { ReplaySourceKind } from './shapes/generations.ts'
import { type ReplayTask, stretchOf } from './task.ts'

export async function openFoldStores(
  environment: ConsumerEnvironment,
  task: ReplayTask,
  kind: ReplaySourceKind,
): Promise<FoldStores> {
  const { checkpoints, clients, objects, table } = environment
  return {
    source: await openSource(environment, kind, stretchOf(task.timeline)),
    cells: withoutExpired(createCellStore(clients.dynamo, table('cells')), task.startedAt),
    checkpoints,
    objects,
  }
}

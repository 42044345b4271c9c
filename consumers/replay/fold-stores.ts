/** The stores of a replay, for a process or a thread of one. */
import { createCellStore } from '../aggregator/cell-store.ts'
import type { ConsumerEnvironment } from '../runtime/process.ts'
import type { FoldStores } from './fold-family.ts'
import { withoutExpired } from './kept-minutes.ts'
import { openSource } from './open-source.ts'
import type { ChosenKind } from './sources/choose-source.ts'
import { type ReplayTask, stretchOf } from './task.ts'

export async function openFoldStores(
  environment: ConsumerEnvironment,
  task: ReplayTask,
  kind: ChosenKind,
): Promise<FoldStores> {
  const { checkpoints, clients, objects, table } = environment
  const { source } = await openSource(environment, kind, stretchOf(task.timeline))
  return {
    source,
    cells: withoutExpired(createCellStore(clients.dynamo, table), task.startedAt),
    checkpoints,
    objects,
  }
}

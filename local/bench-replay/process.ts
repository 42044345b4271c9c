/** A process of the bench: folds families of shards, by their numbers, with its cells in memory. */
import { foldFamily } from '../../consumers/replay/fold-family.ts'
import { toFamilies } from '../../consumers/replay/shard-families.ts'
import { type ReplayTask, toFoldTask } from '../../consumers/replay/task.ts'
import { createMemoryCells } from '../bench-aggregate/memory-cells.ts'
import { openBenchStores } from './fold-stores.ts'

export type ProcessData = { folder: string; task: ReplayTask; families: number[] }

const { folder, task, families } = JSON.parse(process.argv[2] ?? '') as ProcessData
const stores = await openBenchStores(folder, task, createMemoryCells())
const all = toFamilies(await stores.source.shards())
for (const number of families)
  await foldFamily(stores, toFoldTask(task), all[number] ?? [], { onEvents() {}, onPassedOver() {} })

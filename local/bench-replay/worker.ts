/** A thread of the bench: as a replay's own, with its cells in memory. */
import { parentPort, workerData } from 'node:worker_threads'
import { serveFamilies } from '../../consumers/replay/serve-families.ts'
import { type ReplayTask, toFoldTask } from '../../consumers/replay/task.ts'
import { createMemoryCells } from '../bench-aggregate/memory-cells.ts'
import { openBenchStores } from './fold-stores.ts'

const { task, folder } = workerData as { task: ReplayTask; folder: string }
if (parentPort) serveFamilies(parentPort, openBenchStores(folder, task, createMemoryCells()), toFoldTask(task))

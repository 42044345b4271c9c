/** A thread of a replay, over the stores of the environment. */
import { parentPort, workerData } from 'node:worker_threads'
import { consumerEnvironment } from '../runtime/process.ts'
import { openFoldStores } from './fold-stores.ts'
import { serveFamilies } from './serve-families.ts'
import { toFoldTask } from './task.ts'
import type { WorkerData } from './worker-messages.ts'

const { task, source } = workerData as WorkerData
if (parentPort)
  serveFamilies(parentPort, openFoldStores(consumerEnvironment(process.env), task, source), toFoldTask(task))

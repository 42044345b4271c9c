/** A thread of a replay: folds the families of shards that it is handed, one after the other. */
import { parentPort, workerData } from 'node:worker_threads'
import { consumerEnvironment } from '../runtime/process.ts'
import { foldFamily } from './fold-family.ts'
import { openFoldStores } from './fold-stores.ts'
import { toFoldTask } from './task.ts'
import { type FromWorker, type ToWorker, toMessage, type WorkerData } from './worker-messages.ts'

const { task, source } = workerData as WorkerData
const tell = (message: FromWorker) => parentPort?.postMessage(message)
const opened = openFoldStores(consumerEnvironment(process.env), task, source)
// It is awaited with each family; until the first comes, nobody is told.
opened.catch(() => {})

parentPort?.on('message', ({ family }: ToWorker) => {
  opened
    .then((stores) =>
      foldFamily(stores, toFoldTask(task), family, {
        onEvents: (events, records) => tell({ kind: 'progress', events, records }),
        onPassedOver: (shardId, sequence, reason) => tell({ kind: 'passedOver', shardId, sequence, reason }),
      }),
    )
    .then(
      (result) => tell({ kind: 'done', result }),
      (error: unknown) => tell({ kind: 'failed', error: toMessage(error) }),
    )
})

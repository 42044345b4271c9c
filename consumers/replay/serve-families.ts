/** What a thread of a replay does: folds the families of shards that it is handed, one after the other. */
import type { MessagePort } from 'node:worker_threads'
import { type FoldStores, type FoldTask, foldFamily } from './fold-family.ts'
import { type FromWorker, type ToWorker, toMessage } from './worker-messages.ts'

/** @param opened what it works with; that it cannot be opened is told when the first family comes */
export function serveFamilies(port: MessagePort, opened: Promise<FoldStores>, task: FoldTask): void {
  const tell = (message: FromWorker) => port.postMessage(message)
  // It is awaited with each family.
  opened.catch(() => {})
  port.on('message', ({ family }: ToWorker) => {
    opened
      .then((stores) =>
        foldFamily(stores, task, family, {
          onEvents: (events, records) => tell({ kind: 'progress', events, records }),
          onPassedOver: (shardId, sequence, reason) => tell({ kind: 'passedOver', shardId, sequence, reason }),
        }),
      )
      .then(
        (result) => tell({ kind: 'done', result }),
        (error: unknown) => tell({ kind: 'failed', error: toMessage(error) }),
      )
  })
}

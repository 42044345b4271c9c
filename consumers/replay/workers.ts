/** Spreads families of shards over threads: whoever is done takes the next, the one with most shards first. */
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { FoldListener, FoldResult } from './fold-family.ts'
import { addReplayCounts, noReplayCounts } from './replay-state.ts'
import type { Family } from './shard-families.ts'
import { type FromWorker, fromMessage, ReplayError, type ToWorker, type WorkerData } from './worker-messages.ts'

/** Threads beyond it wait for the stores. */
export const mostWorkers = 64

/** @param wanted 0: one less than there are cores, for whatever else runs here */
export function workerCount(wanted: number): number {
  return wanted === 0 ? Math.min(mostWorkers, Math.max(1, availableParallelism() - 1)) : wanted
}

/** A thread that folds what it is handed (serve-families.ts). */
export function startWorker(data: WorkerData): Worker {
  return new Worker(new URL('./worker.ts', import.meta.url), { workerData: data })
}

/**
 * @param start makes a thread
 * @param count threads at most; there are no more than families
 * @param signal ends it, with its reason
 * @throws ReplayError with the code of the first error; all threads are stopped then, and what they have saved is where
 *   the next run goes on
 */
export async function foldInWorkers(
  start: () => Worker,
  families: readonly Family[],
  count: number,
  listener: FoldListener,
  signal?: AbortSignal,
): Promise<FoldResult> {
  const waiting = [...families].sort((a, b) => b.length - a.length)
  const total: FoldResult = { counts: noReplayCounts(), sites: new Set() }
  const threads = Array.from({ length: Math.min(Math.max(count, 1), families.length) }, start)
  const aborted = Promise.withResolvers<never>()
  const onAbort = () => aborted.reject(signal?.reason)
  try {
    signal?.throwIfAborted()
    signal?.addEventListener('abort', onAbort)
    const all = Promise.all(
      threads.map(async (thread) => {
        for (let family = waiting.shift(); family; family = waiting.shift()) {
          const { counts, sites } = await foldOn(thread, family, listener)
          addReplayCounts(total.counts, counts)
          for (const site of sites) total.sites.add(site)
        }
      }),
    )
    await Promise.race([all, aborted.promise])
  } finally {
    signal?.removeEventListener('abort', onAbort)
    await Promise.all(threads.map((thread) => thread.terminate()))
  }
  return total
}

function foldOn(thread: Worker, family: Family, listener: FoldListener): Promise<FoldResult> {
  const { promise, resolve, reject } = Promise.withResolvers<FoldResult>()
  const onMessage = (message: FromWorker) => {
    if (message.kind === 'progress') listener.onEvents(message.events, message.records)
    else if (message.kind === 'passedOver') listener.onPassedOver(message.shardId, message.sequence, message.reason)
    else if (message.kind === 'done') resolve(message.result)
    else reject(fromMessage(message.error))
  }
  const onError = (error: unknown) => reject(error)
  const onExit = (code: number) => reject(new ReplayError('worker_ended', `a thread of the replay ended (${code})`))
  thread.on('message', onMessage).on('error', onError).on('exit', onExit)
  thread.postMessage({ family } satisfies ToWorker)
  return promise.finally(() => {
    thread.off('message', onMessage).off('error', onError).off('exit', onExit)
  })
}

/** The two ways of asking: as fast as answers come, and at a rate that does not depend on them. */
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Connections } from './connections.ts'

export type LoopResult = {
  /** Requests that were answered 2xx, and all others. */
  answered: number
  failed: number
  seconds: number
  /** Microseconds from when a request was due to its answer. */
  latency: RecordableHistogram
}

/** Longest wait for the answers that are still due at the end. */
const drainMs = 10_000

/**
 * Closed loop: every connection sends its next request when it has its answer. Says how much a server can take, not
 * how long visitors wait.
 */
export async function closedLoop(connections: Connections, pool: readonly Buffer[], ms: number): Promise<LoopResult> {
  const run = new Run()
  const endsAt = performance.now() + ms
  const next = () => {
    const sentAt = performance.now()
    if (sentAt >= endsAt || !connections.hasIdle) return
    connections.send(run.request(pool), (status) => {
      run.answer(status, sentAt)
      next()
    })
  }
  while (connections.hasIdle && performance.now() < endsAt) next()
  await sleep(endsAt - performance.now())
  return run.end()
}

/** Open loop: requests are due at fixed times, and latency counts from then (no coordinated omission). */
export async function openLoop(
  connections: Connections,
  pool: readonly Buffer[],
  ms: number,
  requestsPerSecond: number,
): Promise<LoopResult> {
  const run = new Run()
  const startedAt = performance.now()
  const total = Math.round((ms / 1000) * requestsPerSecond)
  const dueAt = (index: number) => startedAt + (index / requestsPerSecond) * 1000
  for (let sent = 0; sent < total; ) {
    for (const now = performance.now(); sent < total && dueAt(sent) <= now && connections.hasIdle; sent += 1) {
      const due = dueAt(sent)
      connections.send(run.request(pool), (status) => run.answer(status, due))
    }
    await sleep(1)
    if (performance.now() > startedAt + ms + drainMs)
      throw new Error(`the server does not keep up with ${requestsPerSecond} requests/s; --rate asks for fewer`)
  }
  return run.end()
}

class Run {
  #sent = 0
  #answered = 0
  #failed = 0
  readonly #startedAt = performance.now()
  readonly #latency = createHistogram({ lowest: 1, highest: 600_000_000, figures: 3 })

  request(pool: readonly Buffer[]): Buffer {
    const request = pool[this.#sent % pool.length]
    this.#sent += 1
    return request as Buffer
  }

  answer(status: number, dueAt: number): void {
    if (status >= 200 && status < 300) this.#answered += 1
    else this.#failed += 1
    this.#latency.record(Math.max(1, Math.round((performance.now() - dueAt) * 1000)))
  }

  /** Waits for the answers that are due: the work for them belongs to the run. */
  async end(): Promise<LoopResult> {
    const deadline = performance.now() + drainMs
    while (this.#answered + this.#failed < this.#sent) {
      if (performance.now() > deadline)
        throw new Error(`${this.#sent} requests, ${this.#answered + this.#failed} answers`)
      await sleep(1)
    }
    const seconds = (performance.now() - this.#startedAt) / 1000
    return { answered: this.#answered, failed: this.#failed, seconds, latency: this.#latency }
  }
}

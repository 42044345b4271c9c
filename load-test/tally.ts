import { createHistogram } from 'node:perf_hooks'

/** What became of one request: an answer, or the code of the error that came instead. */
export type Outcome =
  | { kind: 'answered'; status: number; accepted: number; rejected: number }
  | { kind: 'failed'; code: string }

export type LoadCounts = {
  requests: number
  events: number
  /** Events that the endpoint says it has stored, and events that it refused one by one. */
  accepted: number
  rejected: number
  /** Requests by status of their answer, and by error code where none came. */
  statuses: Record<string, number>
  failures: Record<string, number>
  /** Requests that were due and never started, because the endpoint was too far behind (`maxBacklog`). */
  notSent: number
  /** From the time that a request was due, not from when it was sent, to the end of its answer. */
  latencyMs: { p50: number; p90: number; p99: number; max: number }
}

/** Counts while a run goes on. Memory does not grow with the run: latencies go into a histogram of fixed size. */
export class Tally {
  requests = 0
  events = 0
  accepted = 0
  rejected = 0
  notSent = 0
  answered = 0
  failed = 0
  readonly #statuses: Record<string, number> = {}
  readonly #failures: Record<string, number> = {}
  /** Microseconds, to three digits, up to ten minutes. */
  readonly #latency = createHistogram({ lowest: 1, highest: 600_000_000, figures: 3 })

  start(eventCount: number): void {
    this.requests += 1
    this.events += eventCount
  }

  end(outcome: Outcome, latencyMs: number): void {
    if (outcome.kind === 'failed') {
      this.failed += 1
      this.#failures[outcome.code] = (this.#failures[outcome.code] ?? 0) + 1
      return
    }
    this.answered += 1
    this.accepted += outcome.accepted
    this.rejected += outcome.rejected
    this.#statuses[outcome.status] = (this.#statuses[outcome.status] ?? 0) + 1
    this.#latency.record(Math.min(600_000_000, Math.max(1, Math.round(latencyMs * 1000))))
  }

  counts(): LoadCounts {
    const percentile = (percent: number) => (this.answered === 0 ? 0 : this.#latency.percentile(percent) / 1000)
    return {
      requests: this.requests,
      events: this.events,
      accepted: this.accepted,
      rejected: this.rejected,
      statuses: { ...this.#statuses },
      failures: { ...this.#failures },
      notSent: this.notSent,
      latencyMs: { p50: percentile(50), p90: percentile(90), p99: percentile(99), max: percentile(100) },
    }
  }
}

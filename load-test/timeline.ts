/**
 * A run by the second, for its report: what was due, what was sent, what came back and how long it took. A request
 * belongs to the second in which it was due, so that a stall shows where it began.
 */
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks'
import type { Outcome } from './tally.ts'

/** Points of time, at most: longer runs take more than a second a point. Each holds a histogram of some 20 KB. */
const maxPoints = 600
/** Bars of the distribution for each power of ten of milliseconds, from a tenth of one to ten minutes. */
export const barsPerDecade = 20
const firstDecade = -1
const barCount = 7 * barsPerDecade

export type TimelinePoint = {
  /** Seconds from the start of the run. */
  from: number
  seconds: number
  /** Events: due in this time, and sent in it. */
  due: number
  sent: number
  /** Requests by status, or by the code of the error that came instead. */
  answers: Record<string, number>
  /** Milliseconds, of the requests that were due in this time; undefined when none was answered. */
  latency: { p50: number; p90: number; p99: number; max: number } | undefined
}

export type TimelineReport = {
  points: TimelinePoint[]
  /** Requests by latency: `[from, to)` in milliseconds; from the first bar that holds one to the last. */
  distribution: { from: number; to: number; requests: number }[]
}

type Slot = { due: number; sent: number; answers: Record<string, number>; latency: RecordableHistogram | undefined }

export class Timeline {
  readonly #secondsPerPoint: number
  readonly #slots: Slot[] = []
  readonly #bars = new Array<number>(barCount).fill(0)

  constructor(durationSeconds: number) {
    this.#secondsPerPoint = Math.max(1, Math.ceil(durationSeconds / maxPoints))
  }

  due(offsetMs: number, eventCount: number): void {
    this.#at(offsetMs).due += eventCount
  }

  sent(offsetMs: number, eventCount: number): void {
    this.#at(offsetMs).sent += eventCount
  }

  /** @param dueAtMs when the request was due, from the start of the run */
  answered(dueAtMs: number, outcome: Outcome, latencyMs: number): void {
    const slot = this.#at(dueAtMs)
    const answer = outcome.kind === 'answered' ? String(outcome.status) : outcome.code
    slot.answers[answer] = (slot.answers[answer] ?? 0) + 1
    if (outcome.kind === 'failed') return
    slot.latency ??= createHistogram({ lowest: 1, highest: 600_000_000, figures: 2 })
    slot.latency.record(Math.min(600_000_000, Math.max(1, Math.round(latencyMs * 1000))))
    const bar = Math.floor((Math.log10(Math.max(latencyMs, 0.1)) - firstDecade) * barsPerDecade)
    const index = Math.min(barCount - 1, bar)
    this.#bars[index] = (this.#bars[index] ?? 0) + 1
  }

  report(): TimelineReport {
    const seconds = this.#secondsPerPoint
    const points = this.#slots.map(({ due, sent, answers, latency }, index) => ({
      from: index * seconds,
      seconds,
      due,
      sent,
      answers,
      latency: latency && {
        p50: latency.percentile(50) / 1000,
        p90: latency.percentile(90) / 1000,
        p99: latency.percentile(99) / 1000,
        max: latency.max / 1000,
      },
    }))
    const first = this.#bars.findIndex((requests) => requests > 0)
    const last = this.#bars.findLastIndex((requests) => requests > 0)
    const edge = (bar: number) => 10 ** (firstDecade + bar / barsPerDecade)
    const distribution = this.#bars
      .map((requests, bar) => ({ from: edge(bar), to: edge(bar + 1), requests }))
      .slice(Math.max(0, first), last + 1)
    return { points, distribution }
  }

  #at(offsetMs: number): Slot {
    // The drain after the schedule has no points of its own: what is sent then counts to the last.
    const index = Math.min(maxPoints - 1, Math.max(0, Math.floor(offsetMs / 1000 / this.#secondsPerPoint)))
    while (this.#slots.length <= index) this.#slots.push({ due: 0, sent: 0, answers: {}, latency: undefined })
    return this.#slots[index] as Slot
  }
}

/**
 * A series of which it is known how much is too much, so that nothing has to be learned: told from the first minute on, and
 * for as long as it lasts. Every "noise" that people say of it doubles what is too much.
 */
import type { Bar, Outcome, Point, SeriesState } from '../watch/series-kind.ts'
import { usualSettings } from '../watch/settings.ts'
import { beginStreak, extendStreak, type Streak } from '../watch/streak.ts'
import { pictureSteps } from '../watch/watched-series.ts'

/** Orders of magnitude of evidence that make one doubling: what a "noise" asks for (watch/settings.ts). */
const ordersPerDoubling = 1.5

export class LimitedSeries implements SeriesState {
  #points: Point[]
  #streak: Streak | undefined
  #lastUntil: number

  constructor(saved?: SavedLimited) {
    this.#points = saved?.points.map((point) => ({ ...point })) ?? []
    this.#streak = saved?.streak ? { ...saved.streak } : undefined
    this.#lastUntil = saved?.lastUntil ?? 0
  }

  get points(): readonly Point[] {
    return this.#points
  }

  get streak(): Streak | undefined {
    return this.#streak
  }

  get lastUntil(): number {
    return this.#lastUntil
  }

  /** Judges the next step, of which there may be none for a while. */
  add(at: number, stepMs: number, observed: number, limit: number, bar: Bar): Outcome {
    const high = limit * 2 ** ((bar.evidence - usualSettings.evidence) / ordersPerDoubling)
    const point = { at, observed, expected: 0, low: 0, high }
    this.#points.push(point)
    if (this.#points.length > pictureSteps) this.#points.shift()
    if (observed > high) {
      this.#streak ??= beginStreak(at, 1)
      extendStreak(this.#streak, at + stepMs, 0)
    } else if (this.#streak) {
      this.#streak.quiet += 1
      if (this.#streak.quiet > (this.#streak.told ? bar.coolDownSteps : 0)) this.#streak = undefined
    }
    const streak = this.#streak
    const begins = streak !== undefined && !streak.told && streak.quiet === 0 && streak.steps >= bar.minimumSteps
    if (begins) streak.told = true
    if (streak?.told) this.#lastUntil = streak.until
    return { point, streak, begins }
  }

  save(): SavedLimited {
    return { points: this.#points, streak: this.#streak ?? null, lastUntil: this.#lastUntil }
  }
}

export type SavedLimited = { points: Point[]; streak: Streak | null; lastUntil: number }

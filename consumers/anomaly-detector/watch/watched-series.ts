/**
 * One series of a site as it is watched: judged by the series detector, on a scale of equal chance, against what the time of
 * day and of the week lead to expect and the level that the last hours have. What is unusual is not learned from, unless
 * it lasts: then it is the new usual.
 */
import { type Deviations, SeriesDetector, type SeriesJudgement } from '../series/series-detector.ts'
import { type ScaleName, scales } from './scales.ts'
import type { Bar, Outcome, Point, SeriesKind } from './series-kind.ts'
import { beginStreak, extendStreak, jointEvidence, type Streak } from './streak.ts'
import { followSums } from './sum-streaks.ts'
import { type SavedSums, type SumStep, Sums } from './sums.ts'

/** A single step begins a streak by this much evidence. */
const beginEvidence = 3
/** Deviations of so many standard deviations by chance alone begin nothing, however even the past was. */
const chanceDeviations = 4
/** A streak goes on as long as values are so far out, as a share of the band. */
const goOnMargins = 0.75
/** A level follows no further in one step than by so many standard deviations. */
const levelDeviations = 3
/** And so many times as slowly while something unusual goes on: what is hardly out ends by itself. */
const streakLevels = 10
/** Changes smaller than this share of what was expected interest nobody. */
const leastChange = 0.2
/** Nor do so few events: fewer are seen missing than are seen coming, since a single visitor can make many. */
const leastEvents = { below: 10, above: 30 }
/** Nor does so little of a share. */
const leastShare = 0.01
/** Before the first day is over, the level is the mean of so many steps. */
const firstDaySteps = 30
/** For so many times as long as it took to be the usual, it is not told again.
 */
const acceptedRestTimes = 3
/** Points that are kept for the picture of an incident. */
export const pictureSteps = 30

export class WatchedSeries {
  readonly #kind: SeriesKind
  readonly #detector: SeriesDetector
  #seen = 0
  /** On the scale: how far the last hours are above the season. */
  #level = 0
  /** On the scale: the mean of late, for the day that has no season yet. */
  #recent = Number.NaN
  #streak: Streak | undefined
  /** End of the last step that was outside in a streak that was told. */
  #lastUntil = 0
  /** Nothing is told in this direction before this time: it was told, lasted, and is the usual now. */
  #accepted: { direction: 1 | -1; until: number } | undefined
  #points: Point[] = []
  /** Oldest first. */
  #pending: Deviations[] = []
  readonly #sums: Sums | undefined

  constructor(kind: SeriesKind, detector = new SeriesDetector(), sums = kind.addsUp ? new Sums() : undefined) {
    this.#kind = kind
    this.#detector = detector
    this.#sums = sums
  }

  /** Newest last. */
  get points(): readonly Point[] {
    return this.#points
  }

  get streak(): Streak | undefined {
    return this.#streak
  }

  /** End of the last unusual step that was told, epoch milliseconds; 0 before there was one. */
  get lastUntil(): number {
    return this.#lastUntil
  }

  /**
   * Judges the next step.
   *
   * @param at its start, epoch milliseconds
   * @param events of how many the value tells; for a count, the value itself
   */
  add(at: number, value: number, events: number, bar: Bar): Outcome {
    const { scale, learningSteps } = this.#kind
    this.#seen += 1
    const scaled = scales[scale].of(value)
    const noise = scales[scale].noise(events)
    let outcome: Outcome = { point: undefined, streak: undefined, begins: false }
    const levelBefore = this.#level
    this.#detector.add(at, scaled - levelBefore, (judgement, deviations) => {
      const base = judgement.expected ?? (this.#seen > firstDaySteps ? this.#recent : undefined)
      if (base === undefined) {
        this.#learnRecent(scaled)
        this.#detector.learn(deviations)
        return scaled - levelBefore
      }
      const residual = scaled - levelBefore - base
      const margin = Math.max(chanceDeviations * noise, this.#margin(judgement))
      const point = this.#pointOf(at, value, base, margin)
      const isLearning = this.#seen <= learningSteps
      outcome = isLearning ? { ...outcome, point } : this.#judge(point, residual / margin, judgement, bar)
      if (this.#sums && judgement.expected !== undefined)
        this.#judgeSums(this.#sums, { at, observed: value, base, level: levelBefore }, outcome, bar)
      this.#points.push(point)
      if (this.#points.length > pictureSteps) this.#points.shift()
      this.#learn(judgement, scaled, residual, noise)
      // Of small counts the band is so wide that its edge would teach an incident, which the same time next week is held against.
      if (this.#streak?.told && this.#sums?.areKnown) return base
      if (this.#streak) return base + Math.sign(residual) * Math.min(Math.abs(residual), margin)
      this.#learnLater(deviations)
      this.#sums?.learn()
      return scaled - levelBefore
    })
    return outcome
  }

  #judge(point: Point, margins: number, { surprise }: SeriesJudgement, bar: Bar): Outcome {
    const { stepMs } = this.#kind
    const { at } = point
    const direction = margins < 0 ? -1 : 1
    const bound = this.#sums?.boundOfStep(point.observed, point.expected) ?? Number.POSITIVE_INFINITY
    const evidence = Math.min(-Math.log10(Math.max(1 - surprise, Number.EPSILON)), bound)
    const matters = this.#matters(point)
    const isOutside = matters && Math.abs(margins) >= goOnMargins
    const begins = matters && Math.abs(margins) >= 1 && evidence >= beginEvidence
    const rests = this.#accepted !== undefined && this.#accepted.direction === direction && at < this.#accepted.until
    let streak = this.#streak
    if (streak && isOutside && streak.direction === direction) {
      extendStreak(streak, at + stepMs, evidence)
    } else if (streak) {
      streak.quiet += 1
      const isOver = streak.quiet > (streak.told ? bar.coolDownSteps : 0) || (begins && streak.direction !== direction)
      if (isOver) {
        if (streak.told) this.#sums?.restart(streak.until)
        streak = undefined
      }
    }
    if (!streak && begins && !rests) {
      streak = beginStreak(at, direction)
      extendStreak(streak, at + stepMs, evidence)
    }
    if (streak && this.#accept(point, streak)) {
      this.#sums?.restart(at + stepMs)
      streak = undefined
    }
    this.#streak = streak
    const isSure =
      streak !== undefined &&
      streak.quiet === 0 &&
      !streak.told &&
      streak.steps >= bar.minimumSteps &&
      jointEvidence(streak) >= bar.evidence
    if (isSure && streak) {
      streak.told = true
      this.#pending = []
      this.#sums?.forget()
    }
    if (streak?.told) this.#lastUntil = streak.until
    return { point, streak, begins: isSure }
  }

  /** What chance hides in single steps shows in their sums. */
  #judgeSums(sums: Sums, step: SumStep, outcome: Outcome, bar: Bar): void {
    const found = sums.add(step, (observed, expected) => this.#matters({ observed, expected }))
    const findings = found.filter(({ steps }) => !this.#kind.withoutSums?.includes(steps))
    if (this.#seen <= this.#kind.learningSteps) return
    const { streak, begins } = followSums(this.#streak, findings, this.#kind.stepMs, bar)
    this.#streak = streak
    if (streak?.told) this.#lastUntil = streak.until
    if (!begins) return
    this.#pending = []
    sums.forget()
    outcome.begins = true
    outcome.streak = streak
  }

  #matters({ observed, expected }: Pick<Point, 'observed' | 'expected'>): boolean {
    if (this.#kind.onlyAbove && observed < expected) return false
    const difference = Math.abs(observed - expected)
    if (difference < leastChange * expected) return false
    if (this.#kind.scale === 'share') return difference >= leastShare
    return this.#kind.scale !== 'count' || difference >= leastEvents[observed < expected ? 'below' : 'above']
  }

  #pointOf(at: number, observed: number, base: number, margin: number): Point {
    const { back } = scales[this.#kind.scale]
    const middle = this.#level + base
    // In single precision, as all that is kept for a picture.
    const usual = (scaled: number) => Math.fround(back(scaled))
    return { at, observed, expected: usual(middle), low: usual(middle - margin), high: usual(middle + margin) }
  }

  #margin({ expected, high }: SeriesJudgement): number {
    return expected === undefined || high === undefined ? 0 : high - expected
  }

  #learn({ expected }: SeriesJudgement, scaled: number, residual: number, noise: number): void {
    if (expected === undefined) {
      if (!this.#streak) this.#learnRecent(scaled)
      return
    }
    const { levelSteps } = this.#kind
    if (levelSteps === undefined) return
    const most = levelDeviations * noise
    this.#level += Math.max(-most, Math.min(most, residual)) / (this.#streak ? streakLevels * levelSteps : levelSteps)
  }

  #learnLater(deviations: Deviations): void {
    const { levelSteps, learningSteps, patienceSteps } = this.#kind
    // Without a level, the first week is far from what its days have led to expect.
    if (levelSteps === undefined && this.#seen <= learningSteps) return
    this.#pending.push(deviations)
    const due = this.#pending.length > patienceSteps ? this.#pending.shift() : undefined
    if (due) this.#detector.learn(due)
  }

  #learnRecent(scaled: number): void {
    if (Number.isNaN(this.#recent)) this.#recent = scaled
    else this.#recent += (scaled - this.#recent) / Math.min(this.#seen, firstDaySteps)
  }

  /**
   * What has lasted so long is no incident any more. Its level, where levels are followed, is taken over at once;
   * where they are not, the season takes it up within days, in which it is not told again.
   */
  #accept({ at, observed, expected }: Point, streak: Streak): boolean {
    const { scale, stepMs, acceptedAfterSteps, levelSteps } = this.#kind
    const lasts = acceptedAfterSteps * stepMs
    if (at + stepMs - streak.from < lasts) return false
    if (levelSteps === undefined)
      this.#accepted = { direction: streak.direction, until: at + acceptedRestTimes * lasts }
    else this.#level += this.#sums?.shift() ?? scales[scale].of(observed) - scales[scale].of(expected)
    return true
  }

  save(): SavedSeries {
    return {
      scale: this.#kind.scale,
      detector: Buffer.from(this.#detector.save()).toString('base64'),
      seen: this.#seen,
      level: this.#level,
      recent: Number.isNaN(this.#recent) ? null : this.#recent,
      streak: this.#streak ?? null,
      lastUntil: this.#lastUntil,
      accepted: this.#accepted ?? null,
      pending: this.#pending.map(({ deviation, distance }) => [deviation ?? null, distance ?? null]),
      ...(this.#sums && { sums: this.#sums.save() }),
      points: this.#points.map(({ at, observed, expected, low, high }) => [at, observed, expected, low, high]),
    }
  }

  static load(kind: SeriesKind, saved: SavedSeries): WatchedSeries {
    const sums = kind.addsUp && saved.sums ? Sums.load(saved.sums) : undefined
    const series = new WatchedSeries(kind, SeriesDetector.load(Buffer.from(saved.detector, 'base64')), sums)
    series.#seen = saved.seen
    series.#level = saved.level
    series.#recent = saved.recent ?? Number.NaN
    series.#streak = saved.streak ?? undefined
    series.#lastUntil = saved.lastUntil
    series.#accepted = saved.accepted ?? undefined
    series.#points = saved.points.map(([at, observed, expected, low, high]) => ({ at, observed, expected, low, high }))
    series.#pending = saved.pending.map(([deviation, distance]) => ({
      deviation: deviation ?? undefined,
      distance: distance ?? undefined,
    }))
    return series
  }
}

export type SavedSeries = {
  /** On which all that was learned is meant; states before 2026-11-29 did not say, and had another for counts. */
  scale?: ScaleName
  detector: string
  seen: number
  level: number
  recent: number | null
  streak: Streak | null
  lastUntil: number
  accepted: { direction: 1 | -1; until: number } | null
  pending: [number | null, number | null][]
  points: [number, number, number, number, number][]
  /** Of series that add up; absent in states before 2026-11-29. */
  sums?: SavedSums
}

/**
 * Scores by the rules of the Numenta Anomaly Benchmark 1.1, standard profile (Lavin and Ahmad, 2015): pure. An alarm is a
 * row whose score reaches the threshold. The first in a window earns up to 1, more the earlier it comes; a window without
 * any costs 1; each alarm outside costs up to 0.11, less shortly after a window.
 */
import type { LabelledSeries } from './corpus.ts'

const falseAlarmWeight = 0.11
/** Rows at the beginning that count for nothing: this share of a series, and no more than so many. */
const probation = { share: 0.15, most: 750 }

/** A row that counts: what an alarm there is worth, and the window it lies in. */
type Row = { score: number; worth: number; window: string | undefined }

/** Series as they are scored: the rows that count, the highest scores first. */
export type Scored = { rows: Row[]; windows: number }

/** @param scoresOf one score for each row of the series */
export function scored(corpus: readonly LabelledSeries[], scoresOf: (series: LabelledSeries) => number[]): Scored {
  const rows = corpus.flatMap((series) => rowsOf(series, scoresOf(series)))
  rows.sort((a, b) => b.score - a.score)
  return { rows, windows: corpus.reduce((sum, { windows }) => sum + windows.length, 0) }
}

function rowsOf({ path, windows }: LabelledSeries, scores: readonly number[]): Row[] {
  const length = scores.length
  const firstRow = Math.min(Math.floor(probation.share * length), probation.most)
  const worthOutside = (row: number): number => {
    const before = windows.findLast(({ last }) => last < row)
    return falseAlarmWeight * (before ? sigmoid((row - before.last) / (before.last - before.first)) : -1)
  }
  return scores
    .map((score, row): Row => {
      const within = windows.find(({ first, last }) => first <= row && row <= last)
      if (!within) return { score, worth: worthOutside(row), window: undefined }
      const rest = (within.last - row + 1) / (within.last - within.first + 1)
      return { score, worth: sigmoid(-rest) / sigmoid(-1), window: `${path} ${within.first}` }
    })
    .slice(firstRow)
}

/** Close to 1 at the left edge of a window (-1), 0 at its right edge, towards -1 behind it. */
function sigmoid(position: number): number {
  return position > 3 ? -1 : 2 / (1 + Math.exp(5 * position)) - 1
}

export type Result = {
  /** 100 is a perfect detector, 0 one that raises no alarm; undefined without a window to find. */
  score: number | undefined
  /** Windows that an alarm lies in, and alarms outside of all. */
  found: number
  falseAlarms: number
  /** What `score` is a share of: for several corpora together. */
  points: number
}

/** What the alarms at a threshold are worth. */
export function resultAt({ rows, windows }: Scored, threshold: number): Result {
  const best = new Map<string, number>()
  let outside = 0
  let falseAlarms = 0
  for (const { score, worth, window } of rows) {
    if (score < threshold) break
    if (window !== undefined) best.set(window, Math.max(best.get(window) ?? worth, worth))
    else {
      outside += worth
      falseAlarms++
    }
  }
  // In relation to a detector that raises no alarm: a window found also saves what missing it costs.
  let points = outside
  for (const worth of best.values()) points += 1 + worth
  return { score: normalised(points, windows), found: best.size, falseAlarms, points }
}

/** @returns points as a score; undefined without windows */
export function normalised(points: number, windows: number): number | undefined {
  return windows === 0 ? undefined : (100 * points) / (2 * windows)
}

/** The threshold with the most points, as NAB chooses it: one for all series. Above 1, no alarm at all, when none gains. */
export function bestThreshold({ rows }: Scored): number {
  const best = { points: 0, threshold: 1.1 }
  const inWindow = new Map<string, number>()
  let points = 0
  for (const [i, { score, worth, window }] of rows.entries()) {
    if (window === undefined) points += worth
    else {
      const before = inWindow.get(window) ?? -1
      points += Math.max(0, worth - before)
      inWindow.set(window, Math.max(worth, before))
    }
    if (rows[i + 1]?.score !== score && points > best.points) {
      best.points = points
      best.threshold = score
    }
  }
  return best.threshold
}

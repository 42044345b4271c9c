/**
 * What the people of a site have said about its incidents: data with times. A setting
 * holds for minutes that begin after it was made, so that judging a minute again goes by the same.
 */
import { type Feedback, verdictsAt } from '../shapes/feedback.ts'
import { type SeriesName, seriesKey } from '../shapes/incident.ts'
import { minuteMs } from './kinds.ts'
import type { Bar, SeriesKind } from './series-kind.ts'

export type WatchSettings = {
  /** -log10 of the probability that an incident is chance. */
  evidence: number
  minimumMinutes: number
  /** Minutes without anything unusual after which an incident is over; whatever comes before belongs to it. */
  coolDownMinutes: number
}

export type SettingsHistory = {
  /** Oldest first; each holds from its time on. */
  versions: (WatchSettings & { from: number })[]
  feedback: readonly Feedback[]
}

/** One false incident in some thousand years of minutes of one series, were minutes independent of each other. */
export const usualSettings: WatchSettings = {
  evidence: 9,
  minimumMinutes: 2,
  coolDownMinutes: 10,
}

export const noSettings: SettingsHistory = { versions: [], feedback: [] }

/** How much more evidence a series needs after it was called noise, and less after it was useful; within bounds. */
const afterNoise = 1.5
const afterUseful = -0.5
const bounds = { least: -2, most: 12 }

/** @param at start of a minute, epoch milliseconds */
export function settingsAt({ versions }: SettingsHistory, at: number): WatchSettings {
  return versions.findLast(({ from }) => from <= at) ?? usualSettings
}

/** A series that is asked every hour is asked less often for what chance can bring, and need not be as sure. */
export function barOf(
  { stepMs }: Pick<SeriesKind, 'stepMs'>,
  { evidence, minimumMinutes, coolDownMinutes }: WatchSettings,
): Bar {
  if (stepMs === minuteMs) return { evidence, minimumSteps: minimumMinutes, coolDownSteps: coolDownMinutes }
  return { evidence: evidence - Math.log10(stepMs / minuteMs), minimumSteps: 2, coolDownSteps: 2 }
}

/** What feedback until then adds to the evidence that a series needs. */
export function adjustmentOf({ feedback }: SettingsHistory, series: SeriesName, at: number): number {
  const key = seriesKey(series)
  let sum = 0
  for (const { series: of, verdict } of verdictsAt(feedback, at).values())
    if (of === key) sum += verdict === 'noise' ? afterNoise : afterUseful
  return Math.min(bounds.most, Math.max(bounds.least, sum))
}

/** Where things stand in the chart, and what is written at its axes. */
import { ticks } from 'd3-array'
import type { Interval } from '../../answers.ts'
import type { TimeFormats } from '../format.ts'
import type { MetricKind } from '../metrics.ts'
import type { ChartPoint } from './model.ts'

export type Frame = { width: number; height: number; left: number; right: number; top: number; bottom: number }

export type Scales = { x(index: number): number; y(value: number): number; indexAt(x: number): number }

export function createScales(frame: Frame, count: number, top: number): Scales {
  const inner = frame.width - frame.left - frame.right
  const step = count > 1 ? inner / (count - 1) : 0
  const base = frame.height - frame.bottom
  return {
    x: (index) => (count > 1 ? frame.left + index * step : frame.left + inner / 2),
    y: (value) => base - (value / top) * (base - frame.top),
    indexAt: (x) => (count > 1 ? Math.min(count - 1, Math.max(0, Math.round((x - frame.left) / step))) : 0),
  }
}

const durationSteps = [1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800]
const lines = 4

/** Values of the grid lines, from 0 to the first one that nothing exceeds. */
export function valueTicks(kind: MetricKind, max: number): number[] {
  if (kind === 'duration') {
    const step = durationSteps.find((candidate) => candidate * lines >= max) ?? Math.ceil(max / lines)
    return stepped(step, max)
  }
  if (kind === 'ratio') return stepped(max > 0.5 ? 0.25 : max > 0.2 ? 0.1 : 0.05, max)
  // People and clicks come whole: no line at 0.5.
  const found = ticks(0, Math.max(max, kind === 'count' ? lines : 1), lines)
  return stepped(found[1] ?? 1, max)
}

function stepped(step: number, max: number): number[] {
  const count = Math.max(1, Math.ceil(max / step - 1e-9))
  return Array.from({ length: count + 1 }, (_, i) => i * step)
}

export type TimeTick = { index: number; label: string }

/** One and a half of the longest label, "12:00 AM", and a gap: the first begins at the axis, the second stands around its place. */
const labelWidth = 100

/** As many labels as fit side by side; among hours of several days, where days begin. */
export function timeTicks(
  points: readonly Pick<ChartPoint, 'at'>[],
  interval: Interval,
  width: number,
  formats: TimeFormats,
): TimeTick[] {
  const severalDays = interval === 'hour' && points.length > 30
  const room = Math.max(2, Math.floor(width / labelWidth))
  const indexes = points.map((_, i) => i)
  const candidates = severalDays ? indexes.filter((i) => formats.hour(points[i]?.at ?? 0) === 0) : indexes
  const every = niceStep(Math.ceil(candidates.length / room), interval, severalDays)
  const write = severalDays ? formats.day : formats.tick
  return candidates.filter((_, i) => i % every === 0).map((index) => ({ index, label: write(points[index]?.at ?? 0) }))
}

/** Hours are counted in steps that divide a day, minutes in those that divide an hour. */
function niceStep(least: number, interval: Interval, severalDays: boolean): number {
  if (interval === 'hour' && !severalDays) return [1, 2, 3, 4, 6, 12].find((step) => step >= least) ?? 24
  if (interval === 'minute') return [1, 5, 10, 15, 30, 60, 120].find((step) => step >= least) ?? 240
  return least
}

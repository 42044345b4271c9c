/** Web vitals, read from the histograms that cells keep (consumers/aggregator/shapes/quantiles.ts). */
import type { Counts } from '../../consumers/aggregator/shapes/cell.ts'
import { quantile, valueOfBucket } from '../../consumers/aggregator/shapes/quantiles.ts'
import type { VitalRow, VitalsAnswer } from '../answers.ts'

/**
 * Up to `good` a load is good, above `poor` poor, between the two it needs improvement: https://web.dev/articles/vitals.
 * Milliseconds; layout shift has no unit.
 */
const thresholds: Readonly<Record<string, { good: number; poor: number }>> = {
  LCP: { good: 2500, poor: 4000 },
  INP: { good: 200, poor: 500 },
  CLS: { good: 0.1, poor: 0.25 },
  FCP: { good: 1800, poor: 3000 },
  TTFB: { good: 800, poor: 1800 },
}
const names = Object.keys(thresholds)

/** Those that there are thresholds for, in their order; others that pages report are in the breakdown by `vital`. */
export function toVitals(values: ReadonlyMap<string, Pick<Counts, 'events'>>): VitalsAnswer {
  const histograms = new Map<string, Map<string, number>>()
  for (const [value, { events }] of values) {
    const [name = '', bucket = ''] = value.split('\u0000')
    const histogram = histograms.get(name) ?? new Map<string, number>()
    histograms.set(name, histogram.set(bucket, events))
  }
  return { vitals: names.flatMap((name) => toRow(name, histograms.get(name))) }
}

function toRow(name: string, histogram: ReadonlyMap<string, number> | undefined): VitalRow[] {
  const limits = thresholds[name]
  if (!histogram || !limits) return []
  const p75 = quantile(histogram, 0.75) ?? 0
  const row: VitalRow = { name, p75, rating: rate(p75, limits), count: 0, good: 0, needsImprovement: 0, poor: 0 }
  for (const [bucket, count] of histogram) {
    row.count += count
    row[rate(valueOfBucket(bucket), limits)] += count
  }
  return [row]
}

function rate(value: number, { good, poor }: { good: number; poor: number }): VitalRow['rating'] {
  if (value <= good) return 'good'
  return value <= poor ? 'needsImprovement' : 'poor'
}

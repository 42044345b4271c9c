/** Parts of what watches a site that it can go without: what each is good for is measured so (`npm run detection -- --without`). */
import type { CountMetric, SeriesDimension, SeriesName } from '../shapes/incident.ts'
import type { SeriesKind } from './series-kind.ts'
import { sumLengths } from './sums.ts'

export const watchParts = [
  'sums',
  'sums-3',
  'sums-5',
  'sums-15',
  'sums-30',
  'targets',
  'clicksOfOneVisitor',
  'eventsOfOneNetwork',
  'unengagedViews',
] as const
export type WatchPart = (typeof watchParts)[number]

const metrics: Partial<Record<WatchPart, CountMetric>> = {
  clicksOfOneVisitor: 'clicksOfOneVisitor',
  eventsOfOneNetwork: 'eventsOfOneNetwork',
  unengagedViews: 'unengagedViews',
}

export function isWatched({ metric, dimension }: SeriesName, without: readonly WatchPart[]): boolean {
  if (dimension === ('target' satisfies SeriesDimension)) return !without.includes('targets')
  return !without.some((part) => metrics[part] === metric)
}

export function kindWithout(kind: SeriesKind, without: readonly WatchPart[]): SeriesKind {
  const lengths = sumLengths.filter((length) => without.includes('sums') || without.includes(`sums-${length}`))
  return lengths.length === 0 ? kind : { ...kind, withoutSums: lengths }
}

/**
 * Figures of one value of a dimension. Cells count each dimension by itself (consumers/aggregator/shapes/dimensions.ts):
 * what such a value has in totals and over time is known exactly, and what it has of another dimension only where cells
 * count the two together.
 */
import { type Dimension, dimensions, tellsVisitorsApart } from '../../consumers/aggregator/shapes/dimensions.ts'

export type Filter = { dimension: Dimension; value: string }

/** Of the others not all figures are counted. */
export const filterDimensions = dimensions.filter(tellsVisitorsApart)

/** Where cells hold two dimensions together: values of `dimension` that begin with `prefix`. */
export type Combination = { dimension: Dimension; prefix: string; keepsPrefix: boolean }

const combined: Partial<Record<Dimension, Partial<Record<Dimension, (value: string) => Combination>>>> = {
  page: {
    target: (page) => ({ dimension: 'pageTarget', prefix: `${page}\u0000`, keepsPrefix: false }),
    scroll: (page) => ({ dimension: 'scroll', prefix: `${page}\u0000`, keepsPrefix: true }),
    position: (page) => ({ dimension: 'position', prefix: `${page}\u0000`, keepsPrefix: true }),
  },
  event: { property: (event) => ({ dimension: 'property', prefix: `${event}\u0000`, keepsPrefix: true }) },
  // `DE` and `DE-BE`
  country: { region: (country) => ({ dimension: 'region', prefix: `${country}-`, keepsPrefix: true }) },
}

/** What a dimension has under a filter; undefined where cells do not say. */
export function combinationOf(dimension: Dimension, filter: Filter | undefined): Combination | undefined {
  if (!filter) return { dimension, prefix: '', keepsPrefix: true }
  return combined[filter.dimension]?.[dimension]?.(filter.value)
}

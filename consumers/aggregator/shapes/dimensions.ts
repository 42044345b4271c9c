/**
 * What figures are broken down by. Those of the visit (where it came from, with what) say the same of all its events;
 * those of the event (page, target, …) follow the event. Visits, bounces and durations of a page are those of visits
 * that entered there.
 */
export const visitDimensions = [
  'referrer',
  'channel',
  'source',
  'medium',
  'campaign',
  'term',
  'content',
  'country',
  'region',
  'language',
  'browser',
  'os',
  'device',
  'screen',
] as const

const eventDimensions = ['page', 'target', 'event'] as const

/** Under these visitors are not told apart: what is counted is how often, and sketches would take most of a cell. */
const countedDimensions = [
  /** Visits by the page that they began with. */
  'entry',
  /** Visits by the page that was their last so far. */
  'exit',
  /** `page NUL target`: what was clicked on which page. */
  'pageTarget',
  /** Links to other hosts, `host/path`. */
  'outbound',
  /** Links to files. */
  'download',
  /** `event NUL key NUL value`. */
  'property',
  /** `name NUL bucket`, a histogram that quantiles are read from (quantiles.ts). */
  'vital',
  /** What pages reported as errors, by name. */
  'error',
  /** Targets that were clicked in anger. */
  'rage',
  /** `page NUL class NUL column NUL row` of a grid over the page (click-grid.ts); by the day, not by the hour. */
  'position',
  /** `page NUL percent`, in steps of ten. */
  'scroll',
  /** `page NUL name NUL selector`: what pages report of clicks in anger (`rage_click`) and of those nothing followed (`dead_click`). */
  'frustration',
] as const

export const dimensions = [...visitDimensions, ...eventDimensions, ...countedDimensions] as const
export type Dimension = (typeof dimensions)[number]

const counted: ReadonlySet<Dimension> = new Set(countedDimensions)

export function tellsVisitorsApart(dimension: Dimension): boolean {
  return !counted.has(dimension)
}

/** One value of a dimension, as it is stored. */
export type DimensionPair = readonly [dimension: Dimension, value: string]

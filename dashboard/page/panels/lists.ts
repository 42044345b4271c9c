/** Which lists there are, in which panels, and what each counts. */
import { type Dimension, tellsVisitorsApart } from '../../../consumers/aggregator/shapes/dimensions.ts'
import type { Condition } from '../../query/conditions.ts'
import type { Filter } from '../../query/filter.ts'
import { otherValue } from './values.ts'

/** A dimension as a list, or a picture of several figures. */
export type ListName = Exclude<Dimension, 'pageTarget' | 'position' | 'vital' | 'scroll' | 'frustration'> | PictureName
export const pictureNames = ['map', 'vitals', 'depth'] as const
export type PictureName = (typeof pictureNames)[number]
export type ListDimension = Exclude<ListName, PictureName>

/** The first list of a panel is shown unless the address says another. */
export const lists = {
  pages: ['page', 'entry', 'exit'],
  sources: ['referrer', 'channel', 'campaign', 'source', 'medium', 'term', 'content'],
  locations: ['country', 'map', 'region', 'language'],
  technology: ['browser', 'os', 'device', 'screen'],
  clicks: ['target', 'outbound', 'download', 'rage'],
  events: ['event', 'property'],
  quality: ['vitals', 'depth', 'error'],
} as const satisfies Record<string, readonly [ListName, ...ListName[]]>
export type PanelName = keyof typeof lists
export const panelNames = Object.keys(lists) as PanelName[]
export const listDimensions = Object.values(lists)
  .flat()
  .filter((list): list is typeof list & ListDimension => !isPicture(list))

export function isPicture(list: ListName): list is PictureName {
  return (pictureNames as readonly ListName[]).includes(list)
}

/** What is shown first: in place of a list of the one value that is asked for, what there is of it. */
export function firstList(panel: PanelName, conditions: readonly Condition[]): ListName {
  const isAsked = (dimension: Dimension) =>
    conditions.some((each) => each.dimension === dimension && each.by === 'is' && !each.negated)
  if (panel === 'events' && isAsked('event')) return 'property'
  if (panel === 'locations' && isAsked('country')) return 'region'
  return lists[panel][0]
}

export type CountName = 'visitors' | 'visits' | 'clicks' | 'events'

/** The figure that a list counts by. */
export function countOf(dimension: Dimension): CountName {
  if (dimension === 'entry' || dimension === 'exit') return 'visits'
  if (dimension === 'target' || dimension === 'outbound' || dimension === 'download' || dimension === 'rage')
    return 'clicks'
  return dimension === 'event' || !tellsVisitorsApart(dimension) ? 'events' : 'visitors'
}

/** What a row is when it is looked at by itself; undefined where nothing more can be said of it. */
export function filterOfRow(dimension: ListDimension, value: string): Filter | undefined {
  if (value === otherValue) return undefined
  if (dimension === 'entry' || dimension === 'exit') return { dimension: 'page', value }
  if (dimension === 'rage') return { dimension: 'target', value }
  if (dimension === 'property') return { dimension: 'event', value: value.split('\u0000', 1)[0] ?? '' }
  return tellsVisitorsApart(dimension) ? { dimension, value } : undefined
}

/** Values of a dimension as people read them. */
import type { PanelDimension } from '../../answers.ts'
import { countryName } from '../format.ts'
import { texts } from '../texts.ts'

/** What a value is called, and what stands small beneath it. */
export type ValueText = { text: string; small?: string }

/** What a cell counts under when it has too many values (consumers/aggregator/shapes/cell.ts). */
const otherValue = '(other)'
const devices: Record<string, string> = {
  desktop: texts.values.desktop,
  mobile: texts.values.mobile,
  tablet: texts.values.tablet,
}

export function valueText(dimension: PanelDimension, value: string): ValueText {
  if (value === otherValue) return { text: texts.values.other }
  if (value === '') {
    if (dimension === 'referrer') return { text: texts.values.direct }
    return { text: dimension === 'campaign' ? texts.values.noCampaign : texts.values.unknown }
  }
  if (dimension === 'country') return { text: countryName(value) }
  if (dimension === 'device') return { text: devices[value] ?? value }
  // A target is its selector, or its text and its selector.
  const cut = dimension === 'target' ? value.indexOf('\u0000') : -1
  if (cut > 0) return { text: value.slice(0, cut), small: value.slice(cut + 1) }
  return { text: cut === 0 ? value.slice(1) : value }
}

/** The figure that a panel counts by. */
export function countOf(dimension: PanelDimension): 'visitors' | 'clicks' | 'events' {
  if (dimension === 'target') return 'clicks'
  return dimension === 'event' ? 'events' : 'visitors'
}

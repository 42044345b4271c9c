/** Values of a dimension as people read them. */
import type { Dimension } from '../../../consumers/aggregator/shapes/dimensions.ts'
import { countryName, languageName } from '../format.ts'
import { texts } from '../texts.ts'
import { texts as panelTexts } from './texts.ts'

/** What a value is called, and what stands small beneath it. */
export type ValueText = { text: string; small?: string }

/** What a period counts under when it has too many values (query/merge.ts). */
export const otherValue = '(other)'
const devices: Record<string, string> = {
  desktop: texts.values.desktop,
  mobile: texts.values.mobile,
  tablet: texts.values.tablet,
}
/** What nothing means, where it is more than not known. */
const empty: Partial<Record<Dimension, string>> = {
  referrer: texts.values.direct,
  campaign: texts.values.noCampaign,
  source: panelTexts.noTag,
  medium: panelTexts.noTag,
  term: panelTexts.noTag,
  content: panelTexts.noTag,
}

export function valueText(dimension: Dimension, value: string): ValueText {
  if (value === otherValue) return { text: texts.values.other }
  if (value === '') return { text: empty[dimension] ?? texts.values.unknown }
  switch (dimension) {
    case 'country':
      return { text: countryName(value) }
    case 'region':
      return regionText(value)
    case 'language':
      return { text: languageName(value) }
    case 'device':
      return { text: devices[value] ?? value }
    case 'channel':
      return { text: panelTexts.channels[value] ?? value }
    case 'screen':
      return { text: panelTexts.screens[value] ?? value }
    case 'target':
    case 'rage':
      return targetText(value)
    case 'property':
      return propertyText(value)
    default:
      return { text: value }
  }
}

/** Its selector, or its text and its selector. */
function targetText(value: string): ValueText {
  const cut = value.indexOf('\u0000')
  if (cut > 0) return { text: value.slice(0, cut), small: value.slice(cut + 1) }
  return { text: cut === 0 ? value.slice(1) : value }
}

/** `event NUL key NUL value` */
function propertyText(value: string): ValueText {
  const [event = '', key = '', ...rest] = value.split('\u0000')
  return { text: rest.join('\u0000'), small: `${event} · ${key}` }
}

/** `DE-BE`: there are no names for these in browsers. */
function regionText(value: string): ValueText {
  const [country = '', region = ''] = value.split('-')
  return { text: region || value, small: countryName(country) }
}

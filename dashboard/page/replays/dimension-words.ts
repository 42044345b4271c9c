/** Dimensions and their values in words: those that have a panel as it has them, and all the others. */
import type { Dimension } from '../../../consumers/aggregator/shapes/dimensions.ts'
import { type PanelDimension, panelDimensions } from '../../answers.ts'
import { type ValueText, valueText } from '../panels/values.ts'
import { texts } from '../texts.ts'
import { replayTexts } from './texts.ts'

export function dimensionText(dimension: Dimension): string {
  return hasPanel(dimension) ? texts.dimensions[dimension] : replayTexts.dimensions[dimension]
}

export function valueLines(dimension: Dimension, value: string): ValueText {
  if (hasPanel(dimension)) return valueText(dimension, value)
  // The parts of a value are separated by NUL: the page and what was clicked on it, say.
  const [text = '', ...more] = value.split('\u0000')
  if (value === '') return { text: texts.values.unknown }
  return more.length === 0 ? { text } : { text, small: more.join(' · ') }
}

function hasPanel(dimension: Dimension): dimension is PanelDimension {
  return (panelDimensions as readonly Dimension[]).includes(dimension)
}

import { pickTexts } from '../language.ts'
import { de } from './texts.de.ts'

export const en = {
  label: 'Conversion rate',
  none: 'No goal',
}

export const texts = pickTexts(en, de)

/** What the help sheet says; it comes with the sheet. Periods and pages are called as everywhere. */
import { pickTexts } from '../language.ts'
import { de } from './texts.de.ts'

export const en = {
  title: 'Keyboard shortcuts',
  on: 'Single keys do this',
  groups: { periods: 'Periods', pages: 'Go to', chart: 'Chart', rest: 'Everywhere' },
  live: 'Live: today by the minute',
  period: 'Choose a period',
  compare: 'Compare with other days',
  site: 'Another site',
  note: 'Add a note, for who may edit the site',
  overview: 'Figures',
  theme: 'Light or dark',
  sheet: 'This list',
  afterwards: 'then',
  escape: 'Esc closes menus and windows. While you write, keys only write.',
} as const

export const sheetTexts = pickTexts(en, de)

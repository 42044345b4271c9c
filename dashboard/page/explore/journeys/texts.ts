/** What the page of journeys says; it comes with its page. */
import { pickTexts } from '../../language.ts'
import { de } from './texts.de.ts'

export const en = {
  page: 'Page to look at',
  entry: 'What visits began with',
  visits: (count: string) =>
    `${count} visits. Up to three pages before and after; the same page seen again at once counts once.`,
  none: 'No visit saw this page in this period.',
  others: 'Other pages',
  began: 'Visit began',
  ended: 'Visit ended',
  drawing: (page: string) => `From and to ${page}: visits between pages; the table below says the same`,
  asTable: 'As a table',
  place: 'Place',
  from: 'From',
  to: 'To',
  count: 'Visits',
  before: (pages: string) => (pages === '1' ? 'to it' : `${pages} pages before`),
  after: (pages: string) => (pages === '0' ? 'from it' : pages === '1' ? '1 page after' : `${pages} pages after`),
} as const

export const journeyTexts = pickTexts(en, de)

/** What the SQL box says. SQL itself is SQL in every language. */
import { pickTexts } from '../../language.ts'
import { de } from './texts.de.ts'

export const en = {
  lead: 'Facts are what your figures are made of: ask anything about those of the chosen period. Filters say nothing here: WHERE does.',
  ownersOnly: 'Owners of the site ask in SQL.',
  question: 'Question in SQL',
  hint: 'One SELECT about the table facts. Ctrl or Cmd with Enter asks.',
  ask: 'Ask',
  cancel: 'Cancel',
  asking: 'Looking for the answer …',
  toPlace: 'Show the place',
  examples: 'Examples',
  columns: 'Columns of facts',
  history: 'Asked before',
  clearHistory: 'Forget these',
  failed: 'The dashboard cannot be reached. Ask again.',
  rows: (count: string) => `${count} rows`,
  cut: (count: string) => `The first ${count} rows; a file has them all.`,
  through: (time: string) => `The running day is known up to ${time}.`,
  none: 'Nothing answers to this.',
  result: 'Answer',
  csv: 'Download CSV',
  parquet: 'Download Parquet',
  exampleNames: {
    pages: 'Clicks by page and country',
    targets: 'What was clicked',
    campaigns: 'Campaigns and their bounce rate',
    hours: 'Page views by hour',
  },
  meanings: {
    time: 'when it counts, UTC',
    arrived: 'day on which it arrived, UTC',
    visitor: 'visitor of a day: count(DISTINCT visitor)',
    visit_id: 'visit: larger the later it began; NULL: none',
    count: 'what it adds: sum it up',
    duration: 'milliseconds that it adds',
    parts: 'parts with NUL between them: split_part(…, chr(0), 1)',
    list: 'a list: unnest(property)',
    value: 'value of the event or its visit; NULL: none',
  },
} as const

export const sqlTexts = pickTexts(en, de)

/** What the page of anomalies says; it comes with the page. What its figures are called is in the page's own texts. */
import { pickTexts } from '../language.ts'
import { de } from './texts.de.ts'

export const en = {
  toFigures: 'Back to the figures',
  lead: 'What was far from what this site usually does at that time of day and of the week. The first hour tells nothing, and it takes a week until a weekend is no surprise.',
  goingOn: 'Going on',
  past: (days: string) => `Over, of the last ${days} days`,
  none: (days: string) => `Nothing out of the ordinary in the last ${days} days.`,
  notNow: 'Nothing right now.',
  severities: { critical: 'Critical', warning: 'Warning', notice: 'Notice' },
  since: (time: string) => `since ${time}`,
  lasted: (duration: string) => `for ${duration}`,
  atPeak: (time: string) => `At its peak, ${time}:`,
  expected: (figure: string) => `expected ${figure}`,
  together: (names: string) => `Unusual with it: ${names}`,
  changed: 'What changed most',
  columns: { what: 'Part', observed: 'At the peak', expected: 'Expected' },
  dimensions: {
    page: 'Page',
    source: 'Source',
    country: 'Country',
    target: 'Clicked',
    event: 'Event',
    error: 'Error',
  },
  look: 'Look at that time',
  lookAt: (title: string) => `${title}: look at that time`,
  opinion: 'Was it worth telling?',
  verdicts: { useful: 'Useful', noise: 'Noise', none: 'Not said' },
  noise: 'From now on it takes more to tell this again.',
  useful: 'From now on it takes less to tell this again.',
  failed: 'That could not be stored.',
} as const

export const anomalyTexts = pickTexts(en, de)

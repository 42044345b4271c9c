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
    network: 'Network',
    consumer: 'Consumer',
    shard: 'Shard',
    reason: 'Reason',
  },
  look: 'Look at that time',
  lookAt: (title: string) => `${title}: look at that time`,
  opinion: 'Was it worth telling?',
  verdicts: { useful: 'Useful', noise: 'Noise', none: 'Not said' },
  noise: 'From now on it takes more to tell this again.',
  useful: 'From now on it takes less to tell this again.',
  failed: 'That could not be stored.',
  backtest: {
    title: 'Try a threshold on the past',
    lead: 'A metric of this site through the code that watches it: what it had, what was expected of it, and what would have been told.',
    metric: 'Metric',
    step: 'Looked at by the',
    steps: { hour: 'hour', minute: 'minute (48 hours)' },
    from: 'First day',
    to: 'Last day',
    threshold: (value: string) => `Threshold: ${value}`,
    thresholdHint: (usual: string) =>
      `The threshold says how unlikely chance must be: ${usual}, one in a billion, is what this site is watched by. Less tells more.`,
    tryIt: 'Try it',
    band: 'What was normal',
    told: 'Would have been told',
    toldFrom: (time: string) => `Until ${time} too little was known to tell anything.`,
    tooLittle: {
      hour: 'Too little is known to tell anything: hours take about ten days of traffic first.',
      minute: 'Too little is known to tell anything: minutes take an hour of traffic first.',
    },
    count: (incidents: number) =>
      incidents === 0 ? 'Nothing would have been told.' : `Would have been told: ${incidents}`,
    evidence: (value: string) => `(evidence ${value})`,
  },
} as const

export const anomalyTexts = pickTexts(en, de)

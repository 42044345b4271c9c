/** What the list of visits says; it comes with its page. */
import { pickTexts } from '../../language.ts'
import { de } from './texts.de.ts'

export const en = {
  lead: 'Each visit that began in this period, latest first, under the filters above. Nobody is named: a visit is known by nothing but what happened in it.',
  editorsOnly: 'Single visits are shown to who edits this site.',
  none: 'No visit in this period.',
  list: 'Visits',
  pageviews: (count: number, shown: string) => `${shown} ${count === 1 ? 'page view' : 'page views'}`,
  clicks: (count: number, shown: string) => `${shown} ${count === 1 ? 'click' : 'clicks'}`,
  events: (count: number, shown: string) => `${shown} ${count === 1 ? 'event' : 'events'}`,
  errors: (count: number, shown: string) => `${shown} ${count === 1 ? 'error' : 'errors'}`,
  from: (source: string) => `from ${source}`,
  noPage: 'No page view',
  earlier: 'Earlier visits',
  latest: 'Back to the latest',
  csv: 'As CSV',
  steps: 'What happened',
  notFound: 'This visit did not begin in this period.',
  what: {
    pageview: 'Page view',
    click: 'Click',
    custom: 'Event',
    error: 'Error',
    vital: 'Web vital',
    engagement: 'Time on the page',
  },
  later: (time: string) => `+${time}`,
  times: (count: string) => `${count} times`,
  engaged: (time: string) => `${time} in use`,
  cut: 'There is more: only the first thousand are shown.',
} as const

export const visitsTexts = pickTexts(en, de)

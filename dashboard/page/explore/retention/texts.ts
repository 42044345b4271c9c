/** What the page of retention says; it comes with its page. */
import { pickTexts } from '../../language.ts'
import { de } from './texts.de.ts'

export const en = {
  title: 'Retention',
  lead: 'Visitors by the week in which they were first seen, and how many of them were there in later weeks. Filters are about the first visit. Whoever comes with another device, browser or network counts as new, so these are lower bounds.',
  table: 'Visitors who came back, by week',
  week: 'First seen',
  visitors: 'Visitors',
  later: 'Weeks later',
  cell: (visitors: string, week: string) => `${visitors} came back, ${week}`,
  first: 'Names begin: everybody is new',
  all: 'All together',
  window: (weeks: string) =>
    `Weeks are those of UTC. Names last for ${weeks} weeks: nobody can be followed beyond the last cell of a row.`,
  running: '* This week is not over; “all together” leaves it out.',
  csv: 'Download CSV',
  short: 'This period has no later weeks yet.',
  longer: 'Look at the last 12 months',
  nobody: 'Nobody was first seen in this period.',
  notYet: (day: string) =>
    `Visitors of this site are remembered from ${day} on, 00:00 UTC: there is nothing before. Choose a later period.`,
  off: {
    title: 'Visitors are known for a day',
    text: 'Nobody can tell who comes back next week: the names of visitors change every day, which is what this site promises them by default. Retention needs visitors who are remembered for some weeks. It counts from when that is turned on, and in most places it takes their consent.',
    strict: 'This site has no visitors at all, so nobody can tell who comes back.',
    toSettings: 'To the setting',
    owners: 'An owner of this site can turn it on in the settings.',
  },
} as const

export const retentionTexts = pickTexts(en, de)

/** What the click map says; it comes with its page. */
import { pickTexts } from '../../language.ts'
import { de } from './texts.de.ts'

export const en = {
  page: 'Page',
  mode: 'What is shown',
  modes: { clicks: 'Clicks', rage: 'Rage clicks', dead: 'Dead clicks' },
  width: 'Width of the window',
  screens: { phone: 'Phone', tablet: 'Tablet', laptop: 'Laptop', desktop: 'Desktop', wide: 'Wide' },
  picture: (screen: string, clicks: string, most: string) =>
    `Where ${clicks} clicks landed, window: ${screen}; at most ${most} in one square`,
  square: (clicks: string, x: string, y: string) =>
    `${clicks} in the square at ${x} of the width, ${y} px from the top`,
  point: 'Point at a place to see its clicks.',
  noPlaces: 'No click with a place was made at this width.',
  legend: 'Clicks in a square',
  days: (days: string) =>
    `Places are counted by the UTC day: these are of ${days}. Counts at elements are of the period.`,
  elements: 'Elements',
  clicks: 'Clicks',
  reports: 'Reports',
  more: (shown: string, total: string) => `The first ${shown} of ${total}.`,
  none: {
    clicks: 'Nobody clicked on this page in this period.',
    rage: 'Nobody clicked in anger: three times on one spot within half a second each.',
    dead: 'Every click was answered: something followed within a second.',
  },
  noPages: 'No page was looked at in this period.',
  depth: 'Scroll depth',
  noDepth: 'No page told how far down it was seen.',
  live: 'On the live page',
  liveHint:
    'Opens the page with the counts at its elements and the heat over it. The link is good for ten minutes, for this page alone.',
  address: 'Address of the page',
  open: 'Open on the live page',
  opened: 'Opened in a new tab. If it did not open:',
  again: 'Open the page',
} as const

export const clicksTexts = pickTexts(en, de)

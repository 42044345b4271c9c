/** What the overlay says, in the language of the browser: English, or German. */
import type { Screen } from './answer.ts'

const en = {
  title: 'Click map',
  loading: 'Asking for the clicks of this page …',
  refused: 'This link is over, or is of another page. Open the click map from the dashboard again.',
  unreachable:
    'The dashboard cannot be reached from this page. If the page has a Content-Security-Policy, its connect-src must allow the dashboard.',
  close: 'Close the click map',
  fold: 'Fold the click map',
  unfold: 'Unfold the click map',
  what: 'What is shown',
  modes: { clicks: 'Clicks', rage: 'Rage', dead: 'Dead' },
  screens: { phone: 'Phone', tablet: 'Tablet', laptop: 'Laptop', desktop: 'Desktop', wide: 'Wide' },
  width: 'Width of the window',
  layers: { counts: 'Counts', heat: 'Heat', scroll: 'Scroll depth' },
  show: 'Layers',
  all: (clicks: string) => `${clicks} clicks`,
  mismatch: 'These places are of windows of another width: the layout may differ.',
  noPlaces: 'No click with a place was made at this width.',
  legend: 'Clicks in a square',
  elements: (count: string) => `Elements (${count})`,
  missing: (count: string) => `Not on this page (${count})`,
  none: { clicks: 'Nobody clicked here.', rage: 'Nobody clicked in anger.', dead: 'Every click was answered.' },
  badge: {
    clicks: (count: string) => `${count} clicks`,
    rage: (count: string) => `${count} times clicked in anger`,
    dead: (count: string) => `${count} clicks that nothing followed`,
  },
  band: (percent: string, share: string) => `${percent} of the page, seen by ${share}`,
}
export type Mode = keyof typeof en.modes

const de: typeof en = {
  title: 'Klickkarte',
  loading: 'Die Klicks dieser Seite werden geholt …',
  refused:
    'Dieser Link ist abgelaufen oder gehört zu einer anderen Seite. Die Klickkarte bitte im Dashboard neu öffnen.',
  unreachable:
    'Das Dashboard ist von dieser Seite aus nicht erreichbar. Hat die Seite eine Content-Security-Policy, muss deren connect-src das Dashboard erlauben.',
  close: 'Klickkarte schließen',
  fold: 'Klickkarte einklappen',
  unfold: 'Klickkarte ausklappen',
  what: 'Was gezeigt wird',
  modes: { clicks: 'Klicks', rage: 'Wut', dead: 'Tote' },
  screens: { phone: 'Telefon', tablet: 'Tablet', laptop: 'Laptop', desktop: 'Desktop', wide: 'Breit' },
  width: 'Breite des Fensters',
  layers: { counts: 'Zahlen', heat: 'Wärme', scroll: 'Scrolltiefe' },
  show: 'Ebenen',
  all: (clicks) => `${clicks} Klicks`,
  mismatch: 'Diese Stellen stammen aus Fenstern anderer Breite: Das Layout kann abweichen.',
  noPlaces: 'Bei dieser Breite gab es keinen Klick mit einer Stelle.',
  legend: 'Klicks in einem Quadrat',
  elements: (count) => `Elemente (${count})`,
  missing: (count) => `Nicht auf dieser Seite (${count})`,
  none: {
    clicks: 'Hier hat niemand geklickt.',
    rage: 'Niemand klickte aus Ärger.',
    dead: 'Auf jeden Klick folgte etwas.',
  },
  badge: {
    clicks: (count) => `${count} Klicks`,
    rage: (count) => `${count} Mal aus Ärger geklickt`,
    dead: (count) => `${count} Klicks, auf die nichts folgte`,
  },
  band: (percent, share) => `${percent} der Seite, gesehen von ${share}`,
}

const isGerman = /^de\b/.test(navigator.language)
// Where the system says no language, Chromium tells one that Intl refuses: `en-US@posix`.
const locale = isGerman ? 'de' : navigator.language.split('@')[0]
export const texts = isGerman ? de : en

const exact = new Intl.NumberFormat(locale)
const compact = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 })
const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 })
const day = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' })

export const formatExact = (count: number) => exact.format(count)
/** Short enough for a badge. */
export const formatShort = (count: number) => (count < 10_000 ? exact.format(count) : compact.format(count))
export const formatPercent = (share: number) => percent.format(share)
export const formatPeriod = (from: string, to: string) => day.formatRange(Date.parse(from), Date.parse(to) - 1)
export const screenName = ({ screen }: Screen) => texts.screens[screen as keyof typeof texts.screens] ?? screen

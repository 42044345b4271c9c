/**
 * Who visits and what they do: pure and seeded. Visits of several page views, with clicks and pauses for thought,
 * come interleaved as an endpoint sees them; when each request starts is the generator's business.
 */
import type { ClickTarget, TrackedEvent } from '../stream/event.ts'
import { between, geometric, hex16, pick, type Random, seededRandom, zipf } from './random.ts'
import { type Browser, drawBrowser } from './user-agents.ts'

export type TrafficOptions = {
  /** At least one; the first is the most visited, the others follow by Zipf's law. */
  sites: readonly string[]
  seed: number
  /** Events a second that will be asked for: with the time for thought it says how many visits go on at once. */
  rate: number
}

export type TrafficRequest = {
  /** Which visit it belongs to, counted from 0: the endpoint is not told. */
  visit: number
  userAgent: string
  language: string
  body: { site: string; sentAt: number; events: TrackedEvent[] }
}

export type Traffic = {
  /** What the next visitor to act sends at `at`, epoch milliseconds; calls are in the order of time. */
  next(at: number): TrafficRequest
}

/** Mean pause between two requests of one visitor, once the site has filled. */
const thinkSeconds = 12
/**
 * The site fills by one visit every so many requests. With all of them there from the start, a short run would see
 * nothing but first pages; so it sees whole visits, with shorter pauses.
 */
const requestsPerNewVisit = 5
/** Visits at once, at most: each holds about a kilobyte. */
const maxVisits = 200_000
const pageCount = 300
const sections = ['blog', 'products', 'docs', 'news', 'help'] as const
const languages = [
  'en-US,en;q=0.9',
  'en-GB,en;q=0.8',
  'de-DE,de;q=0.9,en;q=0.7',
  'fr-FR,fr;q=0.9',
  'es-ES',
  'ja',
] as const
/** Where half of the visits come from; the other half type the address or follow a bookmark. */
const referrers = [
  'https://www.google.com/',
  'https://www.google.com/',
  'https://www.google.com/',
  'https://www.bing.com/',
  'https://duckduckgo.com/',
  'https://t.co/',
  'https://www.reddit.com/',
  'https://news.ycombinator.com/item',
] as const
const campaigns = [
  'utm_source=newsletter&utm_medium=email&utm_campaign=spring',
  'utm_source=google&utm_medium=cpc&utm_campaign=brand',
  'utm_source=instagram&utm_medium=social&utm_campaign=launch',
  'ref=partner',
] as const
const clickable = [
  { selector: 'nav > a:nth-of-type(2)', text: 'Pricing', link: true },
  { selector: 'main > article > a.more', text: 'Read more', link: true },
  { selector: 'footer a.contact', text: 'Contact', link: true },
  { selector: 'button.primary', text: 'Add to basket', link: false },
  { selector: '#search button', text: 'Search', link: false },
] as const

/** Of a button or a link, CSS pixels. */
const elementWidth = 120
const elementHeight = 40

/**
 * A pause for thought is exponentially distributed, hence without memory: the next to act is any of those present,
 * and no visitor needs an alarm clock.
 */
export function createTraffic(options: TrafficOptions): Traffic {
  const random = seededRandom(options.seed)
  const nextPage = zipf(random, pageCount)
  const nextSite = sitesOf(options.sites, random)
  const visitsAtOnce = Math.min(maxVisits, Math.ceil(options.rate * thinkSeconds))
  const visits: Visit[] = []
  let requests = 0
  let begun = 0
  const begin = () => startVisit(random, begun++, nextSite(), nextPage)

  return {
    next(at) {
      if (requests % requestsPerNewVisit === 0 && visits.length < visitsAtOnce) visits.push(begin())
      requests += 1
      const index = Math.floor(random() * visits.length)
      let visit = visits[index] as Visit
      let step = visit.steps.next()
      while (step.done) {
        visit = begin()
        visits[index] = visit
        step = visit.steps.next()
      }
      const { id, site, browser, language } = visit
      return {
        visit: id,
        userAgent: browser.userAgent,
        language,
        body: { site: site.name, sentAt: at, events: step.value(at) },
      }
    },
  }
}

/** What one request carries, once the time is known that it is sent. */
type Step = (at: number) => TrackedEvent[]
type Site = { name: string; origin: string }
type Visit = { id: number; site: Site; browser: Browser; language: string; steps: Iterator<Step> }

function sitesOf(names: readonly string[], random: Random): () => Site {
  const [only = 'demo', ...others] = names
  if (others.length === 0) return () => ({ name: only, origin: 'https://www.example.com' })
  const sites = names.map((name) => ({ name, origin: `https://${name}.example.com` }))
  const next = zipf(random, sites.length)
  return () => sites[next()] as Site
}

function startVisit(random: Random, id: number, site: Site, nextPage: () => number): Visit {
  const browser = drawBrowser(random)
  return { id, site, browser, language: pick(random, languages), steps: visitSteps(random, site, nextPage, browser) }
}

/** About half of the visits end with the first page. */
function* visitSteps(
  random: Random,
  { origin }: Site,
  nextPage: () => number,
  browser: Browser,
): Generator<Step, void> {
  const campaign = random() < 0.12 ? `?${pick(random, campaigns)}` : ''
  let referrer: string | undefined = random() < 0.5 ? pick(random, referrers) : undefined
  const pageViews = 1 + geometric(random, 0.55, 20)
  for (let view = 0; view < pageViews; view += 1) {
    const page = pageAt(nextPage())
    const url = `${origin}${page.path}${view === 0 ? campaign : ''}`
    yield* pageSteps(random, browser, { origin, url, title: page.title, ...(referrer && { referrer }) })
    referrer = `${origin}${page.path}`
  }
}

type PageView = { origin: string; url: string; title: string; referrer?: string }

function* pageSteps(random: Random, browser: Browser, page: PageView): Generator<Step, void> {
  const { url, title, referrer } = page
  const load = hex16(random)
  let n = 0
  const event = (type: TrackedEvent['type'], at: number, more: Partial<TrackedEvent>): TrackedEvent => {
    const made: TrackedEvent = { type, load, n, at, url, ...more }
    n += 1
    return made
  }

  let arrivedAt = 0
  yield (at) => {
    arrivedAt = at
    const { vw, vh } = browser
    const view = event('pageview', at - between(random, 80, 900), { title, ...(referrer && { referrer }), vw, vh })
    if (random() >= 0.3) return [view]
    return [view, event('vital', at, { name: 'LCP', props: { value: between(random, 600, 4200) } })]
  }
  for (let clicks = geometric(random, 0.45, 6); clicks > 0; clicks -= 1)
    yield (at) => [event('click', at, { target: drawTarget(random, page, browser) })]
  if (random() < 0.03)
    yield (at) => [event('custom', at, { name: 'signup', props: { plan: pick(random, ['free', 'pro']) } })]
  if (random() < 0.6)
    yield (at) => {
      const engagedMs = Math.round((at - arrivedAt) * (0.4 + 0.5 * random()))
      return [event('engagement', at, { engagedMs, scroll: between(random, 5, 100) })]
    }
}

function pageAt(rank: number): { path: string; title: string } {
  if (rank === 0) return { path: '/', title: 'Example: home' }
  const section = sections[rank % sections.length] ?? sections[0]
  return { path: `/${section}/article-${rank}`, title: `Example: ${section}, article ${rank}` }
}

/** Where the elements of a page lie: below the fold the longer the page is, each at its place in every layout. */
function drawTarget(random: Random, { origin, title }: PageView, { vw, vh }: Browser): ClickTarget {
  const index = between(random, 0, clickable.length - 1)
  const { selector, text, link } = clickable[index] ?? clickable[0]
  const docH = vh * (2 + (title.length % 5))
  const left = Math.floor(((vw - elementWidth) * (index + 1)) / (clickable.length + 1))
  const top = Math.floor(((docH - elementHeight) * index) / clickable.length)
  const x = between(random, 0, elementWidth - 1)
  const y = between(random, 0, elementHeight - 1)
  const href = link ? { href: `${origin}${pageAt(between(random, 0, pageCount - 1)).path}` } : {}
  return { selector, text, ...href, x, y, vw, vh, pageX: left + x, pageY: top + y, docW: vw, docH }
}

/** Traffic of people who wander about a site for some weeks, and the same told as plainly as can be, to count by. */
import { hash } from 'node:crypto'
import type { Delivery, TrackedEvent } from '../../stream/event.ts'
import { aDelivery, anEvent, noon } from './events.ts'
import { seededRandom } from './stream.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

export type Happened = {
  at: number
  visitor: string
  visit: number
  kind: string
  page: string
  plan: string | undefined
}

/** Visitors who keep their names for a week come up to four times, hours or days apart, and wander about. */
const random = seededRandom(11)
const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T
const pages = ['/', '/pricing', '/docs/start', '/docs/more', '/thanks'] as const
const countries = ['DE', 'FR'] as const
export const happened: Happened[] = []
export const deliveries: Delivery[] = []
let visitCount = 0
for (let person = 0; person < 120; person += 1) {
  const visitor = hash('sha256', `person ${person}`).slice(0, 16)
  const country = countries[person % 2] as string
  let at = noon + Math.floor(random() * 24) * hourMs + person * 7001
  for (let count = 1 + Math.floor(random() * 4); count > 0; count -= 1) {
    visitCount += 1
    const load = visitCount.toString(16).padStart(16, '0')
    let page: string = pick(pages)
    for (let n = 0, length = 1 + Math.floor(random() * 9); n < length; n += 1) {
      const draw = n === 0 ? 0 : random()
      const plan = draw >= 0.8 ? pick(['free', 'pro']) : undefined
      const kind = draw < 0.6 ? 'pageview' : draw < 0.8 ? 'click' : 'custom'
      if (kind === 'pageview') page = pick(pages)
      const make: Partial<TrackedEvent> =
        kind === 'click'
          ? { type: 'click', target: { selector: '#buy', text: 'Buy' } }
          : kind === 'custom'
            ? { type: 'custom', name: 'signup', props: { plan: plan as string } }
            : { type: 'pageview' }
      const event = anEvent({ ...make, load, n, at, url: `https://shop.example${page}` })
      deliveries.push(aDelivery({ received: at + 20, sentAt: at, visitor, country, events: [event] }))
      happened.push({ at, visitor, visit: visitCount, kind, page, plan })
      at += 1000 + Math.floor(random() * 60_000)
    }
    at += hourMs + Math.floor(random() * 3 * dayMs)
  }
}
deliveries.sort((a, b) => a.received - b.received)
/** In the first week. */
export const inPeriod = happened.filter(({ at }) => at < Date.parse('2026-03-17T00:00Z'))

/** Steps of goals and funnels, and who does them. */
export const tests: Record<string, (each: Happened) => boolean> = {
  'page:/': ({ kind, page }) => kind === 'pageview' && page === '/',
  'page:/pricing': ({ kind, page }) => kind === 'pageview' && page === '/pricing',
  'page~DOCS': ({ kind, page }) => kind === 'pageview' && page.includes('docs'),
  'page~~^/docs/m': ({ kind, page }) => kind === 'pageview' && page === '/docs/more',
  'target:Buy': ({ kind }) => kind === 'click',
  'event:signup': ({ kind }) => kind === 'custom',
  'property:signup\u0000plan\u0000pro': ({ plan }) => plan === 'pro',
}
export const countOf = (list: readonly Happened[], by: 'visit' | 'visitor') =>
  new Set(list.map((each) => each[by])).size

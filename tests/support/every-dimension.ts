/** Traffic in which every dimension has values. */
import { hash } from 'node:crypto'
import { createTraffic } from '../../load-test/traffic.ts'
import type { Delivery, TrackedEvent } from '../../stream/event.ts'
import { aDelivery, noon } from './events.ts'

const places = [
  { country: 'DE', region: 'BE' },
  { country: 'DE', region: 'BY' },
  { country: 'FR' },
  { country: 'US', region: 'CA' },
  {},
]
const visitorOf = (visit: number) => hash('sha256', String(visit)).slice(0, 16)

/** Ten minutes of visits as the load test makes them, one visitor each, in the order in which they happen. */
export function visits(start = noon, count = 1200, seed = 7): Delivery[] {
  const traffic = createTraffic({ sites: ['demo'], seed, rate: 5 })
  return Array.from({ length: count }, (_, i) => {
    const { visit, userAgent, language, body } = traffic.next(start + i * 500)
    const { sentAt, events } = body
    const [spoken] = language.split(/[-,]/)
    const place = places[visit % places.length] ?? {}
    const known = { visitor: visitorOf(visit), userAgent, ...(spoken && { language: spoken }), ...place }
    return aDelivery({ site: 'demo', received: sentAt + 30, sentAt, events, ...known })
  })
}

/** What the load test does not do: come by all tags, leave, load files, click in anger, run into errors, report every vital. */
export function others(start = noon): Delivery[] {
  return Array.from({ length: 30 }, (_, i) => {
    const at = start + 700_000 + i * 1000
    const url = `https://www.example.com/docs/article-${i % 4}`
    const make = (different: Partial<TrackedEvent>, n: number): TrackedEvent => ({
      type: 'click',
      load: `f${i.toString(16).padStart(15, '0')}`,
      n,
      at: at + n * 100,
      url,
      ...different,
    })
    const link = (href: string) => ({ target: { selector: 'a', text: 'Go', href } })
    const events = [
      make(
        {
          type: 'pageview',
          vw: 1300,
          vh: 700,
          url: `${url}?utm_source=partner&utm_term=t${i % 3}&utm_content=c${i % 2}`,
        },
        0,
      ),
      make(link(`https://www.other${i % 3}.example/a?x=1`), 1),
      make(link(`https://www.example.com/list-${i % 2}.pdf`), 2),
      ...[3, 4, 5, 6].map((n) => make({ target: { selector: `#stuck-${i % 2}` } }, n)),
      make({ type: 'error', name: ['TypeError', 'RangeError'][i % 2] as string }, 7),
      make({ type: 'vital', name: 'CLS', props: { value: i / 100 } }, 8),
      make({ type: 'vital', name: 'INP', props: { value: 20 * i } }, 9),
      make({ type: 'engagement', engagedMs: 100 * i, scroll: (i * 7) % 101 }, 10),
      make({ type: 'custom', name: 'seat', props: { row: i % 3 } }, 11),
      make({ type: 'custom', name: 'rage_click', props: { selector: `#stuck-${i % 2}` } }, 12),
      make({ type: 'custom', name: 'dead_click', props: { selector: '#stuck-0' } }, 13),
    ]
    return aDelivery({ site: 'demo', received: at + 2000, sentAt: at + 1900, visitor: visitorOf(100_000 + i), events })
  })
}

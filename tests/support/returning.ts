/**
 * People who come back to a site over weeks: what they did, and the deliveries that an endpoint makes of it, with names as it
 * gives them. Who is who is known here without names.
 */

import type { Salts } from '../../ingest/salts.ts'
import { identify } from '../../ingest/visitor.ts'
import type { Delivery } from '../../stream/event.ts'
import type { Site } from '../../stream/site.ts'
import { aDelivery, anEvent } from './events.ts'
import { seededRandom } from './stream.ts'

export type Came = { person: number; at: number; page: string; source: string; country: string; visit: number }

const minute = 60_000
const day = 24 * 60 * minute

/**
 * @param days beginnings of UTC days on which some of them come
 * @returns what they did, a page view each, and the deliveries, both in the order of time
 */
export async function comeBack(
  salts: Salts,
  site: Pick<Site, 'site' | 'rememberedWeeks' | 'rememberedFrom'>,
  { people, days, seed }: { people: number; days: readonly number[]; seed: number },
): Promise<{ came: Came[]; deliveries: Delivery[] }> {
  const random = seededRandom(seed)
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T
  const came: (Came & { load: string; n: number; url: string; userAgent: string })[] = []
  let visit = 0
  for (let person = 0; person < people; person += 1) {
    const country = pick(['DE', 'FR'])
    const faithful = 0.05 + random() * 0.4
    for (const [i, start] of days.entries()) {
      if (random() > faithful) continue
      visit += 1
      const source = pick(['news', 'partner'])
      // Some are still there after midnight.
      let at = start + (random() < 0.2 ? day - 5 * minute : 8 * 60 * minute) + person * 3001
      // The browser is another version every fifth day.
      const userAgent = `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/${100 + Math.floor(i / 5)}.0.0.0 Safari/537.36`
      for (let n = 0, views = 1 + Math.floor(random() * 3); n < views; n += 1) {
        const page = pick(['/', '/pricing', '/docs'])
        const url = `https://shop.example${page}${n === 0 ? `?utm_source=${source}` : ''}`
        const load = visit.toString(16).padStart(16, '0')
        came.push({ person, at, page, source, country, visit, load, n, url, userAgent })
        at += 4 * minute
      }
    }
  }
  came.sort((a, b) => a.at - b.at)
  const deliveries: Delivery[] = []
  for (const { at, person, country, load, n, url, userAgent } of came) {
    const address = `203.0.113.${person}`
    const { routing: _, ...names } = await identify(salts, site, address, userAgent, at)
    const events = [anEvent({ load, n, at, url })]
    deliveries.push(aDelivery({ site: site.site, ...names, received: at, sentAt: at, country, userAgent, events }))
  }
  return { came, deliveries }
}

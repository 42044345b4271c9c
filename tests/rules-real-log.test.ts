/** Rules on a real log, against counts by other means. */

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { isbot } from 'isbot'
import { describe, expect, it } from 'vitest'
import { parseLogLine } from '../local/import/combined-log.ts'
import { toEvent, whyNoPageView } from '../local/import/page-views.ts'
import type { Delivery } from '../stream/event.ts'
import { cleanUrl } from '../stream/page-url.ts'
import { root } from './support/retrace.ts'
import { compiled, count } from './support/rules.ts'

const fullLog = join(root, '../shared/data/web-log/access.log')
const excerpt = join(root, 'tests/fixtures/access-excerpt.log.gz')

/** Page views by page and user agent, by cutting lines at quotes and comparing words. */
function countIndependently(lines: readonly string[]): { page: string; userAgent: string }[] {
  return lines.flatMap((line) => {
    const parts = line.split('"')
    const [, request = '', numbers = '', , , userAgent = ''] = parts
    const [method, target = ''] = request.split(' ')
    if (parts.length !== 7 || method !== 'GET' || !/^ (?:200|304) /.test(numbers)) return []
    const path = target.split('?')[0] ?? ''
    const name = path.slice(path.lastIndexOf('/') + 1)
    const ending = name.includes('.') ? name.slice(name.lastIndexOf('.') + 1).toLowerCase() : 'none'
    const isPage = ['none', 'html', 'htm', 'xhtml', 'php'].includes(ending) || !/^[a-z]/.test(ending)
    if (!isPage || target.includes('flav=') || /\/(feed|rss|atom)\/?$/.test(path)) return []
    if (userAgent === '-' || isbot(userAgent)) return []
    return [{ page: new URL(target, 'http://any.example').pathname, userAgent }]
  })
}

const tally = (values: readonly string[]) =>
  Object.fromEntries([...Map.groupBy(values, (value) => value)].map(([value, same]) => [value, same.length]))
const mostCommon = (values: readonly string[]) =>
  Object.entries(tally(values)).reduce((most, each) => (each[1] > most[1] ? each : most))[0]

describe('a real log', () => {
  const file = existsSync(fullLog) ? fullLog : excerpt
  const lines = (file === excerpt ? gunzipSync(readFileSync(file)) : readFileSync(file)).toString().split('\n')
  const views = countIndependently(lines)
  /** As the import brings them in. */
  const deliveries = lines.flatMap((line, i): Delivery[] => {
    const entry = parseLogLine(line)
    if (!entry || whyNoPageView(entry)) return []
    const { address: _, userAgent, ...event } = toEvent(entry, i, 'https://www.example.org')
    const url = cleanUrl(event.url) ?? event.url
    return [{ site: 'demo', received: event.at, userAgent, events: [{ ...event, url }] }]
  })

  it('counts as counted by other means', () => {
    expect(count(deliveries).pageviews('page')).toEqual(tally(views.map(({ page }) => page)))
  })

  it('loses exactly the page views of a user agent that is declared a bot', () => {
    const declared = mostCommon(views.map(({ userAgent }) => userAgent))
    const left = views.filter(({ userAgent }) => userAgent !== declared)
    expect(left.length).toBeLessThan(views.length)
    const { events, pageviews } = count(deliveries, compiled({ all: { bots: [`^${declared}$`] } }))
    expect(events).toBe(left.length)
    const pages = Object.entries(pageviews('page')).filter(([, pageviews]) => pageviews > 0)
    expect(Object.fromEntries(pages)).toEqual(tally(left.map(({ page }) => page)))
  })

  it('counts a renamed page under its new name, and everything else as before', () => {
    const old = mostCommon(views.map(({ page }) => page))
    const renamed = views.map(({ page }) => (page === old ? '/renamed' : page))
    const rules = compiled({ all: { pages: [{ match: old, rename: '/renamed' }] } })
    expect(count(deliveries, rules).pageviews('page')).toEqual(tally(renamed))
  })
})

/** What events and visits are broken down by. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { foldEvent } from '../consumers/aggregator/fold.ts'
import { FoldState } from '../consumers/aggregator/fold-state.ts'
import { usualRules } from '../consumers/aggregator/rules/rules.ts'
import { emptyCell } from '../consumers/aggregator/shapes/cell.ts'
import type { Dimension } from '../consumers/aggregator/shapes/dimensions.ts'
import { bucketOf, quantile } from '../consumers/aggregator/shapes/quantiles.ts'
import { dailySegments } from '../consumers/aggregator/shapes/segments.ts'
import type { Delivery, TrackedEvent } from '../stream/event.ts'
import { applyDelta } from './support/cells.ts'
import { aClick, aDelivery, anEvent, noon } from './support/events.ts'

const segmentOf = dailySegments()
let n = 0
/** Events of one visitor, a delivery each, under numbers of their own. */
function fold(events: Partial<TrackedEvent>[], delivery: Partial<Delivery> = {}) {
  const cell = emptyCell()
  const state = new FoldState()
  for (const event of events) {
    const one = aDelivery({ events: [anEvent({ ...event, n: n++ })], ...delivery })
    for (const each of one.events)
      foldEvent(state, segmentOf(one.received), one, each, (delta) => applyDelta(cell, delta))
  }
  const by = (dimension: Dimension) => Object.fromEntries(cell.dimensions.get(dimension) ?? [])
  return { ...cell.totals, by }
}
const values = (figures: ReturnType<ReturnType<typeof fold>['by']>) => Object.keys(figures)
const page = (path: string, at = noon) => ({ at, url: `https://shop.example${path}` })

describe('channels', () => {
  it.each([
    ['direct', { host: '' }],
    ['internal', { host: 'shop.example', isInternal: true }],
    ['search', { host: 'google.co.uk' }],
    ['search', { host: 'duckduckgo.com' }],
    ['search', { host: 'search.brave.com' }],
    ['search', { medium: 'organic', source: 'somewhere' }],
    ['social', { host: 't.co' }],
    ['social', { host: 'l.facebook.com' }],
    ['social', { source: 'instagram' }],
    ['email', { host: 'mail.google.com' }],
    ['email', { source: 'newsletter' }],
    ['email', { medium: 'email', source: 'spring' }],
    ['paid', { medium: 'cpc', source: 'google' }],
    ['paid', { medium: 'paid_social', source: 'facebook', host: 'facebook.com' }],
    ['referral', { host: 'blog.example' }],
    ['referral', { host: 'news.google' }],
    ['referral', { source: 'partner' }],
  ] as const)('%s: %o', (channel, arrival) => {
    const { channelOf } = usualRules.of('demo')
    expect(channelOf({ source: '', medium: '', host: '', isInternal: false, ...arrival })).toBe(channel)
  })
})

describe('visits', () => {
  it('leave by the last page they saw, taken back when another follows', () => {
    const { by, visits } = fold([page('/a'), page('/b', noon + 1000), page('/c', noon + 2000)])
    expect(visits).toBe(1)
    expect(by('entry')).toMatchObject({ '/a': { visits: 1, visitMs: 2000, bounces: 0 } })
    expect(by('exit')).toMatchObject({ '/a': { visits: 0 }, '/b': { visits: 0 }, '/c': { visits: 1 } })
  })

  it('leave by the page that was last in time, in whichever order events arrive', () => {
    const { by } = fold([page('/c', noon + 2000), page('/a'), page('/b', noon + 1000)])
    expect(by('exit')).toMatchObject({ '/c': { visits: 1 } })
  })

  it('have campaign tags, a place, a language and a screen', () => {
    const tags = 'utm_source=News&utm_medium=Email&utm_campaign=spring&utm_term=fern&utm_content=top'
    const { by } = fold([{ url: `https://shop.example/?${tags}`, vw: 390 }], {
      country: 'DE',
      region: 'BE',
      language: 'de',
    })
    const named = [
      'source',
      'medium',
      'campaign',
      'term',
      'content',
      'channel',
      'region',
      'language',
      'screen',
    ] as const
    expect(named.map((dimension) => values(by(dimension)))).toEqual([
      ...[['news'], ['email'], ['spring'], ['fern'], ['top'], ['email'], ['DE-BE'], ['de'], ['phone']],
    ])
  })

  it('count their visitor once under each value and in each hour', () => {
    const { by } = fold([page('/a'), page('/a', noon + 60_000), page('/b', noon + 29 * 60_000)])
    expect(by('browser').Chrome?.visitors.count).toBe(1)
    expect(by('browser').Chrome?.pageviews).toBe(3)
  })
})

describe('clicks', () => {
  const target = { selector: '#more', text: 'More', pageX: 500, pageY: 100, vw: 1200, docW: 1000 }
  const clicks = (ats: number[]) => ats.map((at) => aClick({ at, target }))

  it('are told apart by page, and by place on it', () => {
    const { by } = fold(clicks([noon]))
    expect(values(by('pageTarget'))).toEqual(['/plants/fern\u0000More\u0000#more'])
    expect(values(by('position'))).toEqual(['/plants/fern\u0000laptop\u000025\u00003'])
  })

  it('that made people angry, or that nothing followed, are counted by page where the page reports them', () => {
    const reported = (name: string, props: Record<string, string>) =>
      ({ ...page('/a'), type: 'custom', name, props }) as const
    const { by } = fold([
      reported('rage_click', { selector: '#bell' }),
      reported('dead_click', { selector: '#bell' }),
      reported('dead_click', { selector: '#bell' }),
      reported('dead_click', {}),
      reported('seat', { selector: '#bell' }),
    ])
    expect(by('frustration')).toMatchObject({
      '/a\u0000rage_click\u0000#bell': { events: 1 },
      '/a\u0000dead_click\u0000#bell': { events: 2 },
    })
    expect(values(by('frustration'))).toHaveLength(2)
  })

  it('in a burst on one target are one rage click', () => {
    const { rageClicks, by } = fold(clicks([0, 300, 600, 900, 5000, 5300].map((ms) => noon + ms)))
    expect(rageClicks).toBe(1)
    expect(by('rage')).toMatchObject({ 'More\u0000#more': { clicks: 1 } })
  })

  it.each([
    ['outbound', 'https://www.other.example/a?utm_source=x', 'other.example/a'],
    ['download', 'https://shop.example/price-list.pdf', '/price-list.pdf'],
  ] as const)('on links are %s', (dimension, href, value) => {
    const { by } = fold([aClick({ target: { selector: 'a', href } })])
    expect(values(by(dimension))).toEqual([value])
  })

  it('on links within the site are neither', () => {
    const { by } = fold([aClick({ target: { selector: 'a', href: 'https://www.shop.example/b' } })])
    expect([values(by('outbound')), values(by('download'))]).toEqual([[], []])
  })
})

describe('reports', () => {
  it('of custom events keep their properties, of errors the name, of engagement the depth', () => {
    const { by, errors } = fold([
      { type: 'custom', name: 'signup', props: { plan: 'free', seats: 3 } },
      { type: 'error', name: 'TypeError' },
      { type: 'engagement', engagedMs: 100, scroll: 47 },
    ])
    expect(values(by('property'))).toEqual(['signup\u0000plan\u0000free', 'signup\u0000seats\u00003'])
    expect([errors, values(by('error')), values(by('scroll'))]).toEqual([1, ['TypeError'], ['/plants/fern\u000040']])
  })

  it('of vitals add up to quantiles within 2 %, in any order and grouping', () => {
    const measured = fc.array(fc.double({ min: 0.001, max: 100_000, noNaN: true }), { minLength: 1, maxLength: 200 })
    fc.assert(
      fc.property(measured, fc.double({ min: 0, max: 1, noNaN: true }), (numbers, q) => {
        const counts = new Map<string, number>()
        for (const number of numbers) {
          const bucket = String(bucketOf(number))
          counts.set(bucket, (counts.get(bucket) ?? 0) + 1)
        }
        const exact = [...numbers].sort((a, b) => a - b)[Math.floor(q * (numbers.length - 1))] as number
        expect(Math.abs((quantile(counts, q) as number) / exact - 1)).toBeLessThanOrEqual(0.02 + 1e-9)
      }),
    )
    expect(quantile(new Map(), 0.5)).toBeUndefined()
    expect(quantile(new Map([[String(bucketOf(0)), 1]]), 0.5)).toBe(0)
    const { by } = fold([{ type: 'vital', name: 'LCP', props: { value: 2500 } }])
    expect(values(by('vital'))).toEqual([`LCP\u0000${bucketOf(2500)}`])
  })
})

describe('programs', () => {
  it('are counted apart, whether they name themselves or not', () => {
    expect(fold([{}, {}], { userAgent: 'Googlebot/2.1 (+http://www.google.com/bot.html)' })).toMatchObject({
      bots: 2,
      events: 0,
    })
    const { bots, events } = fold(Array.from({ length: 12_000 }, (_, i) => page('/', noon + i / 2)))
    expect({ bots, events }).toEqual({ bots: 2000, events: 10_000 })
  })

  it('are not seen in many events over a long time', () => {
    const { bots } = fold(Array.from({ length: 12_000 }, (_, i) => page('/', noon + i * 2)))
    expect(bots).toBe(0)
  })
})

describe('late events', () => {
  it('are marked when their own time is not believed', () => {
    const hour = 3_600_000
    const delivery = { received: noon, sentAt: noon }
    expect(fold([{ at: noon - 73 * hour }], delivery).late).toBe(1)
    expect(fold([{ at: noon - 71 * hour }], delivery).late).toBe(0)
  })
})

/** What is made of a site's minutes does not depend on how they were counted, nor on when what is known was saved. */
import { describe, expect, it } from 'vitest'
import { type Incident, incidentKey } from '../consumers/anomaly-detector/shapes/incident.ts'
import { Engagement } from '../consumers/anomaly-detector/watch/engagement.ts'
import { addFigures, MinuteTally, noFigures, type SavedMinute } from '../consumers/anomaly-detector/watch/figures.ts'
import { noSettings } from '../consumers/anomaly-detector/watch/settings.ts'
import { type SavedSite, SiteWatch } from '../consumers/anomaly-detector/watch/site-watch.ts'
import { seededRandom } from '../load-test/random.ts'
import { firstAt, minuteMs, SimulatedSite, undisturbed } from '../local/detection/traffic.ts'
import { aClick, aDelivery, anEvent } from './support/events.ts'

const json = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T

/** As they are stored, of a day of a site whose clicks are flooded for ten minutes; around them what is known is saved and read every so many minutes. */
function incidentsOf(saveEvery: number): Map<string, string> {
  const site = new SimulatedSite(seededRandom(7), 60)
  let watch = new SiteWatch('simulated')
  const found = new Map<string, string>()
  for (let minute = 0; minute < 1440; minute++) {
    const isFlood = minute >= 1000 && minute < 1010
    const figures = site.next(minute, { ...undisturbed, extraClicks: isFlood ? 400 : 0 })
    for (const incident of watch.add(firstAt + minute * minuteMs, figures, noSettings))
      found.set(incidentKey(incident), JSON.stringify(incident))
    if (minute >= 980 && minute < 1100 && minute % saveEvery === saveEvery - 1)
      watch = new SiteWatch('simulated', json<SavedSite>(watch.save()))
  }
  return found
}

describe('what is known of a site', () => {
  it('may be saved at any minute, in the middle of an incident too', () => {
    const neverSaved = incidentsOf(Number.POSITIVE_INFINITY)
    expect([...neverSaved.keys()].map((key) => key.split('#')[1])).toContain('clicks')
    expect(incidentsOf(1)).toEqual(neverSaved)
    expect(incidentsOf(7)).toEqual(neverSaved)
  }, 180_000)

  it('is at most 16 KiB a series, whatever is kept in single precision counted so', () => {
    const site = new SimulatedSite(seededRandom(7), 60)
    const watch = new SiteWatch('simulated')
    for (let minute = 0; minute < 1640; minute++)
      watch.add(firstAt + minute * minuteMs, site.next(minute, undisturbed), noSettings)
    const numbers = (value: unknown): number =>
      typeof value === 'object' && value !== null
        ? Object.values(value).reduce((sum: number, each) => sum + numbers(each), 0)
        : Number(typeof value === 'number')
    const { series } = watch.save()
    expect(series.length).toBeGreaterThan(10)
    for (const {
      series: { detector, points, sums, ...rest },
    } of series) {
      const bytes = Buffer.from(detector, 'base64').length + 4 * numbers([points, sums]) + 8 * numbers(rest)
      expect(bytes).toBeLessThanOrEqual(16_384)
    }
  })

  it('begins anew where it was learned on a scale that is no more, without an incident for that', () => {
    const site = new SimulatedSite(seededRandom(7), 600)
    const before = new SiteWatch('simulated')
    for (let minute = 0; minute < 1440; minute++)
      before.add(firstAt + minute * minuteMs, site.next(minute, undisturbed), noSettings)
    const saved = json<SavedSite>(before.save())
    expect(saved.series.length).toBeGreaterThan(10)
    for (const { series } of saved.series) {
      delete series.scale
      series.level += 15
    }
    const after = new SiteWatch('simulated', saved)
    const told: Incident[] = []
    for (let minute = 1440; minute < 2000; minute++)
      told.push(...after.add(firstAt + minute * minuteMs, site.next(minute, undisturbed), noSettings))
    expect(told).toEqual([])
    expect(after.save().series.length).toBeGreaterThan(10)
  })
})

describe('page views without engagement', () => {
  const views = (engagement: Engagement, minutes: number, reports: number) => {
    for (let minute = 0; minute < minutes; minute++) engagement.add(100, reports)
  }

  it('are those beyond what reports account for, in the relation that a site has', () => {
    const engagement = new Engagement()
    views(engagement, 120, 50)
    expect(engagement.unengaged(100, 50)).toBe(0)
    expect(engagement.unengaged(180, 90)).toBe(0)
    expect(engagement.unengaged(180, 50)).toBe(80)
    expect(engagement.unengaged(100, 90)).toBe(0)
    expect(new Engagement(json(engagement.save())).unengaged(180, 50)).toBe(80)
  })

  it('are none where little is known, or where pages report nothing', () => {
    const engagement = new Engagement()
    views(engagement, 30, 50)
    expect(engagement.unengaged(500, 0)).toBe(0)
    const pixel = new Engagement()
    views(pixel, 120, 10)
    expect(pixel.unengaged(500, 0)).toBe(0)
  })
})

describe('a minute', () => {
  const deliveries = Array.from({ length: 300 }, (_, i) => {
    // As names are that come of a hash: every digit matters.
    const visitor = (Math.imul((i % 40) + 1, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0').repeat(2)
    const url = `https://shop.example/${i % 3}`
    const event = i % 4 === 0 ? aClick({ url, n: i }) : anEvent({ url, n: i, referrer: 'https://search.example/' })
    return aDelivery({ visitor, country: i % 2 ? 'DE' : 'US', events: [event] })
  })
  const count = (some: typeof deliveries, tally = MinuteTally.empty()) => {
    for (const delivery of some) for (const event of delivery.events) tally.add(delivery, event)
    return tally
  }

  it('counts what is watched of events', () => {
    const { counts, tops } = count(deliveries).figures
    expect(counts).toEqual({
      pageviews: 225,
      visitors: 40,
      clicks: 75,
      conversions: 0,
      errors: 0,
      clicksOfOneVisitor: 8,
      eventsOfOneNetwork: 0,
      unengagedViews: 0,
    })
    expect(tops.target).toEqual(new Map([['Buy', 75]]))
    expect(tops.source).toEqual(new Map([['search.example', 225]]))
    expect([...tops.page.values()]).toEqual([75, 75, 75])
  })

  it('tells how often its busiest visitor clicked, however many others came before', () => {
    const visitorOf = (i: number) => (Math.imul(i + 1, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0').repeat(2)
    const click = (visitor: string, n: number) => aDelivery({ visitor, events: [aClick({ n })] })
    const crowd = Array.from({ length: 2000 }, (_, i) => click(visitorOf(i % 500), i))
    const robot = Array.from({ length: 400 }, (_, i) => click(visitorOf(9999), i))
    expect(count(crowd).figures.counts.clicksOfOneVisitor).toBeLessThan(40)
    const most = count([...crowd, ...robot]).figures.counts.clicksOfOneVisitor
    expect(most).toBeGreaterThan(300)
    expect(most).toBeLessThanOrEqual(400)
  })

  it('tells how much came from one network, in whichever shards, and which it was', () => {
    const view = (i: number, network: string) =>
      aDelivery({ visitor: (Math.imul(i + 1, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0').repeat(2), network })
    const crowd = Array.from({ length: 900 }, (_, i) => view(i, (i % 450).toString(16).padStart(4, '0')))
    const farm = Array.from({ length: 300 }, (_, i) => view(i + 5000, '0bee'))
    const everybody = [...crowd, ...farm]
    const sum = noFigures()
    for (const shard of [0, 1, 2]) addFigures(sum, count(everybody.filter((_, i) => i % 3 === shard)).figures)
    for (const { counts, tops } of [sum, count(everybody).figures]) {
      expect(counts.eventsOfOneNetwork).toBeGreaterThan(250)
      expect(counts.eventsOfOneNetwork).toBeLessThanOrEqual(300)
      expect(tops.network.get('0bee')).toBe(counts.eventsOfOneNetwork)
    }
    const without = aDelivery()
    expect(count([without]).figures.counts.eventsOfOneNetwork).toBe(0)
  })

  it('counts reports of engagement, but those without time in use', () => {
    const engagement = (engagedMs: number) =>
      aDelivery({ events: [anEvent({ type: 'engagement', engagedMs, scroll: 40 })] })
    expect(count([engagement(4000), engagement(0), aDelivery()]).figures.engaged).toBe(1)
  })

  it('is the same after it was stored in the middle', () => {
    const half = json<SavedMinute>(count(deliveries.slice(0, 130)).toJson())
    const whole = count(deliveries.slice(130), MinuteTally.fromJson(half))
    expect(whole.toJson()).toEqual(count(deliveries).toJson())
  })

  it('is the sum of what its shards counted, whose visitors are apart', () => {
    const isOne = ({ visitor }: { visitor?: string }) => Number.parseInt(visitor?.at(-1) ?? '', 16) % 2 === 1
    const sum = noFigures()
    addFigures(sum, count(deliveries.filter(isOne)).figures)
    addFigures(sum, count(deliveries.filter((delivery) => !isOne(delivery))).figures)
    const { counts, sample } = count(deliveries).figures
    expect(sum.counts).toEqual(counts)
    expect(sum.sample.bounces).toEqual(sample.bounces)
  })
})

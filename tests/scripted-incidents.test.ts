/** What is done to a simulated site is found in time, and little else is. The command `npm run detection` runs more of it. */
import { describe, expect, it } from 'vitest'
import { type Incident, incidentKey } from '../consumers/anomaly-detector/shapes/incident.ts'
import { noSettings } from '../consumers/anomaly-detector/watch/settings.ts'
import { SiteWatch } from '../consumers/anomaly-detector/watch/site-watch.ts'
import { seededRandom } from '../load-test/random.ts'
import { runSite } from '../local/detection/run.ts'
import { incidentKinds } from '../local/detection/script.ts'
import { firstAt, minuteMs, SimulatedSite, undisturbed } from '../local/detection/traffic.ts'

/** No constant was chosen on the last of them. */
const seeds = [1, 2, 107]

describe('who watches a site', () => {
  it.each(seeds)(
    'finds each incident of two weeks within three minutes, a drift within its day (seed %i)',
    (seed) => {
      const { found, wrong, weeks } = runSite({ seed, perMinute: 600, days: 14, scripted: true })
      expect(found.map(({ kind }) => kind).sort()).toEqual([...incidentKinds].sort())
      for (const { kind, afterMs } of found) {
        // Undefined is never below: an incident that was missed fails here. Robots are a quarter of the busiest minutes' views.
        const soon = kind === 'robots' ? 240_000 : 180_000
        expect(afterMs, kind).toBeLessThanOrEqual(kind === 'drift' ? 17 * 3_600_000 : soon)
      }
      expect(wrong.length).toBeLessThanOrEqual(weeks)
    },
    180_000,
  )

  it('names robots by their want of engagement, and click fraud by its network', () => {
    const site = new SimulatedSite(seededRandom(110), 600)
    const watch = new SiteWatch('simulated')
    const from = 4 * 1440 + 600
    const told = new Map<string, Incident>()
    for (let minute = 0; minute < from + 185; minute++) {
      const robots = minute >= from && minute < from + 10
      const network = minute >= from + 180
      const figures = site.next(minute, {
        ...undisturbed,
        extraRobots: robots ? 150 : 0,
        extraOfNetwork: network ? 80 : 0,
      })
      for (const incident of watch.add(firstAt + minute * minuteMs, figures, noSettings))
        if (minute >= from) told.set(incidentKey(incident), structuredClone(incident))
    }
    const metricsOf = ({ series, others }: Incident) => [series, ...others].map(({ metric }) => metric)
    const [robots, fraud, ...more] = told.values()
    expect(more).toEqual([])
    expect(metricsOf(robots as Incident)).toContain('unengagedViews')
    expect(metricsOf(fraud as Incident)).toContain('eventsOfOneNetwork')
    expect(fraud?.changed).toContainEqual(expect.objectContaining({ dimension: 'network', value: 'beef' }))
  }, 180_000)

  it('finds what a single minute of a small site does not show: traffic doubled, and a source that is gone', () => {
    const { found, wrong, weeks } = runSite({ seed: 108, perMinute: 60, days: 14, scripted: true })
    for (const kind of ['doubled', 'silent', 'sourceGone', 'clickFlood', 'errorBurst'])
      expect(found.find((one) => one.kind === kind)?.afterMs, kind).toBeLessThanOrEqual(20 * 60_000)
    expect(wrong.length).toBeLessThanOrEqual(weeks)
  }, 180_000)

  it('finds a flood on one target of a site with thousands of clicks a minute, though it is a small part of them', () => {
    const site = new SimulatedSite(seededRandom(109), 6000)
    const watch = new SiteWatch('simulated')
    const floodFrom = 1440 + 600
    const told: Incident[] = []
    for (let minute = 0; minute < floodFrom + 3; minute++) {
      const figures = site.next(minute, { ...undisturbed, extraClicks: minute < floodFrom ? 0 : 400 })
      if (minute >= floodFrom) expect(figures.counts.clicks).toBeGreaterThan(2000)
      told.push(...watch.add(firstAt + minute * minuteMs, figures, noSettings))
    }
    const flood = told.filter(({ at }) => at >= firstAt + floodFrom * minuteMs)
    expect(flood.map(({ series }) => series)).toContainEqual({
      metric: 'clicks',
      dimension: 'target',
      value: '/page-2',
    })
  }, 180_000)

  it.each([600, 60, 6, 0.5])(
    'hardly says anything where nothing happens, at %d page views a minute',
    (perMinute) => {
      const { wrong, weeks } = runSite({ seed: 5, perMinute, days: 14, scripted: false })
      expect(wrong.length).toBeLessThanOrEqual(weeks)
    },
    180_000,
  )
})

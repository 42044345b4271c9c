/** A report as the engine writes it, of a user agent that was found to be a bot. */
import {
  type HeadlineFigures,
  noHeadlineFigures,
  type ReplayReport,
  type SiteChange,
} from '../../consumers/replay/shapes/report.ts'

/** A day of so many visits of ten, of which some were those of a bot, page views and nothing else. */
function aDay(day: string, visits: number, ofBots: number): SiteChange['days'][number] {
  const people = visits - ofBots
  const figures = (counted: number): HeadlineFigures => ({
    ...noHeadlineFigures,
    visitors: counted,
    visits: counted,
    pageviews: people * 3 + (counted - people),
    clicks: people,
    bounceRate: (people * 0.25 + (counted - people)) / counted,
    visitDurationSeconds: (people * 90) / counted,
    engagedSeconds: (people * 40) / counted,
  })
  return { day, old: figures(visits), new: { ...figures(people), bots: ofBots } }
}

const value = (name: string, visits: [number, number], pageviews: [number, number]) => ({
  value: name,
  old: { pageviews: pageviews[0], clicks: 0, events: 0, visits: visits[0] },
  new: { pageviews: pageviews[1], clicks: 0, events: 0, visits: visits[1] },
})

export function aReport(generation: string, site: string, days: readonly string[]): ReplayReport {
  return {
    v: 1,
    generation,
    segments: [...days],
    comparedTo: ['live'],
    cells: { compared: 174, changed: 12 },
    identical: false,
    events: {
      replayed: 5210,
      accountable: 5210,
      accepted: 5210,
      aggregated: 5190,
      duplicate: 20,
      filtered: 0,
      recordsPassedOver: 0,
    },
    sites: [
      {
        site,
        changedCells: 12,
        days: days.map((day, i) => aDay(day, 1000 + ((i * 377) % 500), i % 3 === 1 ? 20 : 120 + i * 10)),
        dimensions: [
          {
            dimension: 'browser',
            changedValues: 1,
            top: [value('HeadlessChrome', [270, 0], [270, 0])],
          },
          {
            dimension: 'country',
            changedValues: 2,
            top: [value('US', [700, 460], [1980, 1740]), value('DE', [830, 800], [2400, 2370])],
          },
          {
            dimension: 'page',
            changedValues: 24,
            top: Array.from({ length: 20 }, (_, i) =>
              value(
                i === 3 ? `/a-very-long/path/${'of-a-page-'.repeat(9)}` : `/page-${i}`,
                [90 - i, 70 - i],
                [300 - i * 9, 240 - i * 9],
              ),
            ),
          },
          {
            dimension: 'pageTarget',
            changedValues: 1,
            top: [value('/pricing\u0000Buy now\u0000button.buy', [40, 12], [0, 0])],
          },
        ],
      },
    ],
  }
}

/** The same days, and nothing changed. */
export function anIdenticalReport(generation: string): ReplayReport {
  return {
    v: 1,
    generation,
    segments: ['2026-11-22'],
    comparedTo: ['live'],
    cells: { compared: 174, changed: 0 },
    identical: true,
    events: {
      replayed: 5210,
      accountable: 5210,
      accepted: 5210,
      aggregated: 5190,
      duplicate: 20,
      filtered: 0,
      recordsPassedOver: 0,
    },
    sites: [{ site: 'shop', changedCells: 0, days: [], dimensions: [] }],
  }
}

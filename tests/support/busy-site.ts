/** A site with something in every panel: for tests of how a full page looks and behaves. */
import { type Cell, emptyCell, figuresOf } from '../../consumers/aggregator/shapes/cell.ts'
import { type Dimension, dimensions } from '../../consumers/aggregator/shapes/dimensions.ts'
import { now, type TestDashboard } from './dashboard.ts'
import { anIncident } from './incidents.ts'

const values: Partial<Record<Dimension, readonly string[]>> = {
  page: ['/', '/pricing', '/docs/a-page-with-an-address-that-is-longer-than-any-panel-is-wide/and-then-some', '/blog'],
  referrer: ['google.com', 'news.ycombinator.com', 'github.com', '', 'duckduckgo.com'],
  campaign: ['spring', 'newsletter'],
  country: ['DE', 'US', 'AT', 'GB', 'FR', 'BA'],
  browser: ['Chrome', 'Firefox', 'Safari'],
  os: ['Windows', 'macOS', 'Android', 'iOS', 'GNU/Linux'],
  device: ['desktop', 'mobile', 'tablet'],
  target: ['Buy now\u0000button.buy', 'a.nav-home', 'Read the documentation\u0000main > a:nth-of-type(3)'],
  event: ['signup', 'purchase'],
}

const hourMs = 3_600_000

/** More values than a panel has rows, in each of the last hours. */
export async function fillSite(dashboard: TestDashboard, site: string, hours = 8): Promise<void> {
  for (let hour = 0; hour < hours; hour += 1)
    for (const granularity of ['hour', 'day'] as const)
      await dashboard.putCell({ site, granularity, at: now - hour * hourMs }, busyHour(hour))
  await dashboard.putCell({ site, granularity: 'minute', at: now }, busyHour(0))
  for (let minute = 1; minute <= 9; minute += 1) {
    const at = now - minute * 60_000
    await dashboard.putIncident(anIncident({ site, at, end: at + 60_000 }))
  }
}

function busyHour(hour: number): Cell {
  const cell = emptyCell()
  for (let visitor = 0; visitor < 40 + hour * 7; visitor += 1) {
    const places = dimensions.map((dimension) => {
      const known = values[dimension] ?? ['one']
      const more = dimension === 'page' || dimension === 'target' || dimension === 'referrer'
      return figuresOf(
        cell,
        dimension,
        (more && visitor % 3 === 0 && `/more/${visitor}`) || (known[visitor % known.length] as string),
      )
    })
    for (const figures of [cell.totals, ...places]) {
      figures.pageviews += 2
      figures.visits += 1
      figures.clicks += 1
      figures.events += 1
      figures.bounces += visitor % 2
      figures.visitMs += 30_000
      figures.visitors.add(visitor * 977 + hour * 31)
    }
  }
  return cell
}

/** Two weeks of a site, hour by hour, in the cells of a dashboard: with a day that repeats, and a flood on the last of them. */
import { emptyCell } from '../../consumers/aggregator/shapes/cell.ts'
import { seededRandom } from '../../load-test/random.ts'
import { now, type TestDashboard } from './dashboard.ts'

const hourMs = 3_600_000
const hours = 336
/** The hours of the flood, counted from the first. */
const flood = { from: 326, to: 329 }
const firstAt = Math.floor(now / hourMs) * hourMs - hours * hourMs

export const floodAt = { from: firstAt + flood.from * hourMs, to: firstAt + flood.to * hourMs }

export async function putWatchedPast({ putCell }: TestDashboard, site: string): Promise<void> {
  const random = seededRandom(3)
  const figures = Array.from({ length: hours }, (_, hour) => {
    const usual = 1000 + 500 * Math.sin((hour / 24) * 2 * Math.PI)
    return Math.round(usual * (hour >= flood.from && hour < flood.to ? 3 : 1) * (0.97 + 0.06 * random()))
  })
  for (const [hour, pageviews] of figures.entries()) {
    const cell = emptyCell()
    cell.totals.pageviews += pageviews
    cell.totals.visits += Math.round(pageviews / 2)
    cell.totals.bounces += Math.round(pageviews / 5)
    await putCell({ site, granularity: 'hour', at: firstAt + hour * hourMs }, cell)
  }
}

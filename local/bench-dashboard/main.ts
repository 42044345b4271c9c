/** `npm run bench:dashboard`: how long an overview takes, on the server and in a browser. */
import { parseArgs } from 'node:util'
import { buildDashboard } from '../../dashboard/build.ts'
import { median } from '../../load-test/bench/median.ts'
import { measurePage } from './browser.ts'
import { foldPast, storeCells } from './fill.ts'
import { askOverview, quantile } from './overview.ts'
import { startStack, token } from './stack.ts'

const help = `Measures the overview of a site with a million events: the server's answers to all that the page asks, and a browser.

npm run bench:dashboard -- [options]

  --events N      events of the site, spread over the period (default 1000000)
  --rounds N      how often the overview is asked for (default 100)
  --pages N       how often a browser opens it, at a quarter of its speed (default 9)
  --time-zone Z   of the site; off UTC its days are read by the hour (default UTC)
  --seed N        draws the traffic (default 1)
  --json          one JSON object as the last line`

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '100' },
    pages: { type: 'string', default: '9' },
    'time-zone': { type: 'string', default: 'UTC' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

if (values.help) console.log(help)
else await report()

async function report(): Promise<void> {
  const [events, rounds, pages, seed] = [values.events, values.rounds, values.pages, values.seed].map(Number) as [
    number,
    number,
    number,
    number,
  ]
  await buildDashboard()
  const month = await measure('30d', 30, events, rounds, pages, seed)
  const year = await measure('12mo', 365, events, rounds, 0, seed)
  const result = {
    overview30DaysP50Ms: tenth(quantile(month.server, 0.5)),
    overview30DaysP95Ms: tenth(quantile(month.server, 0.95)),
    overview30DaysCpuMs: tenth(month.cpuMs),
    overview30DaysColdMs: tenth(month.coldMs),
    overview12MonthsP50Ms: tenth(quantile(year.server, 0.5)),
    overview12MonthsP95Ms: tenth(quantile(year.server, 0.95)),
    overview12MonthsCpuMs: tenth(year.cpuMs),
    overview12MonthsColdMs: tenth(year.coldMs),
    firstContentfulPaintMs: Math.round(median(month.pages.map(({ firstContentfulPaintMs }) => firstContentfulPaintMs))),
    allPanelsMs: Math.round(median(month.pages.map(({ allPanelsMs }) => allPanelsMs))),
    events,
    cells: { month: month.cells, year: year.cells },
    rounds,
    timeZone: values['time-zone'],
  }
  console.log(
    [
      `30 days     p50 ${result.overview30DaysP50Ms} ms, p95 ${result.overview30DaysP95Ms} ms, processor ${result.overview30DaysCpuMs} ms, first after a start ${result.overview30DaysColdMs} ms`,
      `12 months   p50 ${result.overview12MonthsP50Ms} ms, p95 ${result.overview12MonthsP95Ms} ms, processor ${result.overview12MonthsCpuMs} ms, first after a start ${result.overview12MonthsColdMs} ms`,
      `browser at a quarter of its speed: first contentful paint ${result.firstContentfulPaintMs} ms, all panels ${result.allPanelsMs} ms`,
    ].join('\n'),
  )
  if (values.json) console.log(JSON.stringify(result))
}

async function measure(
  period: '30d' | '12mo',
  days: number,
  events: number,
  rounds: number,
  pages: number,
  seed: number,
) {
  const timeZone = values['time-zone']
  const site = 'shop'
  const until = Date.now()
  const cells = await foldPast({ site, events, days, until, seed })
  const stack = await startStack(site, timeZone)
  try {
    const stored = await storeCells(stack.client, `${stack.settings.RETRACE_TABLE_PREFIX}cells`, cells, until)
    const overview = { address: stack.address, token, site, timeZone, period }
    const coldMs = await askOverview(overview)
    const server: number[] = []
    const cpuBefore = await stack.cpuMs()
    for (let round = 0; round < rounds; round += 1) server.push(await askOverview(overview))
    const cpuMs = ((await stack.cpuMs()) - cpuBefore) / rounds
    const path = `/sites/${site}?period=${period}`
    return { cells: stored, coldMs, cpuMs, server, pages: await measurePage(stack.address, token, path, pages) }
  } finally {
    await stack.close()
  }
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10
}

/** `npm run bench:dashboard`: how long an overview takes, on the server and in a browser. */
import { existsSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { utcDay } from '../../consumers/aggregator/shapes/cell-key.ts'
import { buildDashboard } from '../../dashboard/build.ts'
import { isTimeZone } from '../../dashboard/query/time-zone.ts'
import { median } from '../../load-test/bench/median.ts'
import { runCommand, UsageError, wholeNumber } from '../command.ts'
import { startArrivals } from './arrivals.ts'
import { measurePage } from './browser.ts'
import { foldPast, storeCells } from './fill.ts'
import { askOverview, quantile } from './overview.ts'
import { type Stack, startStack, token } from './stack.ts'

const help = `Measures the overview of a site with a million events: the server's answers to all that the page asks, and a browser.

npm run bench:dashboard -- [options]

  --events N      events of the site, spread over the period (default 1000000)
  --arrivals N    events a second that go on arriving meanwhile (default 2)
  --rounds N      how often the overview is asked for (default 100)
  --starts N      how often the dashboard is started anew and asked for the first time (default 3)
  --pages N       how often a browser opens it, at a quarter of its speed (default 9)
  --periods LIST  30d, 12mo or both (default 30d,12mo)
  --time-zone Z   of the site; off UTC its days are read by the hour (default UTC)
  --seed N        draws the traffic (default 1)
  --data FOLDER   keeps the sites there, so that the next run on the same UTC day need not make them again
  --json          one JSON object as the last line`

const site = 'shop'
const daysOf = { '30d': 30, '12mo': 365 } as const
type Period = keyof typeof daysOf
/** Between two questions, so that there is something new for the second: the aggregator writes so often. */
const pauseMs = 400

type Measured = {
  cells: number
  /** Milliseconds of each question by the clock, and processor time of one on average. */
  server: number[]
  cold: number[]
  cpuMs: number
  storeCpuMs: number
  pages: { firstContentfulPaintMs: number; allPanelsMs: number }[]
}

type Asked = Record<'events' | 'arrivals' | 'rounds' | 'starts' | 'pages' | 'seed', number> & {
  periods: Period[]
  timeZone: string
  data: string | undefined
  json: boolean
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      events: { type: 'string', default: '1000000' },
      arrivals: { type: 'string', default: '2' },
      rounds: { type: 'string', default: '100' },
      starts: { type: 'string', default: '3' },
      pages: { type: 'string', default: '9' },
      periods: { type: 'string', default: '30d,12mo' },
      'time-zone': { type: 'string', default: 'UTC' },
      seed: { type: 'string', default: '1' },
      data: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return console.log(help)
  const periods = values.periods.split(',')
  if (!periods.every((period): period is Period => period in daysOf))
    throw new UsageError(`--periods must name 30d, 12mo or both, not ${values.periods}`)
  const timeZone = values['time-zone']
  if (!isTimeZone(timeZone)) throw new UsageError(`--time-zone must be an IANA name, not ${timeZone}`)
  await report({
    events: wholeNumber('--events', values.events),
    arrivals: wholeNumber('--arrivals', values.arrivals, 0),
    rounds: wholeNumber('--rounds', values.rounds),
    starts: wholeNumber('--starts', values.starts, 0),
    pages: wholeNumber('--pages', values.pages, 0),
    seed: wholeNumber('--seed', values.seed, 0),
    ...{ periods, timeZone, data: values.data, json: values.json },
  })
}

async function report(asked: Asked): Promise<void> {
  await buildDashboard()
  const result: Record<string, unknown> = {}
  for (const period of asked.periods) {
    const measured = await measure(period, asked)
    const [name, words] = period === '30d' ? ['overview30Days', '30 days  '] : ['overview12Months', '12 months']
    const figures = {
      [`${name}P50Ms`]: tenth(quantile(measured.server, 0.5)),
      [`${name}P95Ms`]: tenth(quantile(measured.server, 0.95)),
      [`${name}CpuMs`]: tenth(measured.cpuMs),
      [`${name}StoreCpuMs`]: tenth(measured.storeCpuMs),
      [`${name}ColdMs`]: tenth(median(measured.cold)),
      [`${name}Cells`]: measured.cells,
    }
    Object.assign(result, figures)
    console.log(
      `${words}   p50 ${figures[`${name}P50Ms`]} ms, p95 ${figures[`${name}P95Ms`]} ms, processor ${figures[`${name}CpuMs`]} ms and the store's ${figures[`${name}StoreCpuMs`]} ms, first after a start ${figures[`${name}ColdMs`]} ms`,
    )
    if (measured.pages.length === 0) continue
    result.firstContentfulPaintMs = Math.round(median(measured.pages.map((page) => page.firstContentfulPaintMs)))
    result.allPanelsMs = Math.round(median(measured.pages.map((page) => page.allPanelsMs)))
    console.log(
      `browser at a quarter of its speed: first contentful paint ${result.firstContentfulPaintMs} ms, all panels ${result.allPanelsMs} ms`,
    )
  }
  const { events, arrivals, rounds, starts, timeZone } = asked
  Object.assign(result, { events, arrivals, rounds, starts, timeZone })
  if (asked.json) console.log(JSON.stringify(result))
}

async function measure(period: Period, asked: Asked): Promise<Measured> {
  const { timeZone } = asked
  const { stack, cells } = await openSite(period, asked)
  const ask = () => askOverview({ address: stack.address, token, site, timeZone, period })
  const arrivals = asked.arrivals > 0 ? startArrivals(stack.client, stack.settings, site, asked.arrivals) : undefined
  try {
    const cold: number[] = []
    for (let start = 0; start < asked.starts; start += 1) {
      await stack.restartDashboard()
      cold.push(await ask())
    }
    if (cold.length === 0) await ask()
    const server: number[] = []
    const cpu = { dashboard: 0, store: 0 }
    for (let round = 0; round < asked.rounds; round += 1) {
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
      const before = await stack.cpuMs()
      server.push(await ask())
      const after = await stack.cpuMs()
      cpu.dashboard += after.dashboard - before.dashboard
      cpu.store += after.store - before.store
    }
    // Only of a month: a year takes the browser no longer.
    const pages = period === '30d' ? asked.pages : 0
    return {
      cells,
      cold,
      server,
      cpuMs: cpu.dashboard / asked.rounds,
      storeCpuMs: cpu.store / asked.rounds,
      pages: pages === 0 ? [] : await measurePage(stack.address, token, `/sites/${site}?period=${period}`, pages),
    }
  } finally {
    await arrivals?.stop()
    await stack.close()
  }
}

/** A site with its past: made, or as an earlier run of this day has left it. */
async function openSite(
  period: Period,
  { events, seed, timeZone, data }: Asked,
): Promise<{ stack: Stack; cells: number }> {
  const until = Date.now()
  const days = daysOf[period]
  const make = async (stack: Stack) => {
    const folded = await foldPast({ site, events, days, until, seed })
    return storeCells(stack.client, `${stack.settings.RETRACE_TABLE_PREFIX}cells`, folded)
  }
  if (data === undefined) {
    const stack = await startStack({ site, timeZone })
    return { stack, cells: await make(stack) }
  }
  const folder = resolve(data, `${period}-${events}-${seed}-${utcDay(until)}`)
  // Written last: what a run that was ended in the middle has left is made again.
  const marker = join(folder, 'cells.json')
  if (existsSync(marker)) {
    const stack = await startStack({ site, timeZone, kept: join(folder, 'dynamodb') })
    return { stack, cells: JSON.parse(await readFile(marker, 'utf8')) as number }
  }
  await rm(folder, { recursive: true, force: true })
  const stack = await startStack({ site, timeZone, kept: join(folder, 'dynamodb') })
  const cells = await make(stack)
  await writeFile(marker, JSON.stringify(cells))
  return { stack, cells }
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10
}

runCommand(help, main)

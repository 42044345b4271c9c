/**
 * Imports a real log and holds what the dashboard says against figures counted here by other means: another parser,
 * another rule for pages, `isbot` asked directly.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { isbot } from 'isbot'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from './support/eventually.ts'
import {
  environment,
  makeDataFolder,
  type Retrace,
  removeDataFolder,
  root,
  runToEnd,
  type Summary,
  startRetrace,
} from './support/retrace.ts'

const fullLog = join(root, '../shared/data/web-log/access.log')
const excerpt = join(root, 'tests/fixtures/access-excerpt.log.gz')
const logFile = existsSync(fullLog) ? fullLog : excerpt

let folder: string
let retrace: Retrace
beforeAll(async () => {
  folder = await makeDataFolder()
  retrace = await startRetrace(folder)
})
afterAll(async () => {
  await retrace?.stop()
  await removeDataFolder(folder)
})

/** Figures of a log, by cutting lines at quotes and comparing words. */
function countIndependently(text: string) {
  const pageviewsPerDay: Record<string, number> = {}
  const pages: Record<string, number> = {}
  const visitors = new Set<string>()
  for (const line of text.split('\n')) {
    const parts = line.split('"')
    if (parts.length !== 7) continue
    const [client = '', request = '', numbers = '', , , userAgent = ''] = parts
    const [method, target = ''] = request.split(' ')
    const status = numbers.trim().split(' ')[0] ?? ''
    if (method !== 'GET' || !['200', '304'].includes(status)) continue
    const path = target.split('?')[0] ?? ''
    const name = path.slice(path.lastIndexOf('/') + 1)
    const ending = name.includes('.') ? name.slice(name.lastIndexOf('.') + 1).toLowerCase() : 'none'
    const isPage = ['none', 'html', 'htm', 'xhtml', 'php'].includes(ending) || !/^[a-z]/.test(ending)
    if (!isPage || target.includes('flav=') || /\/(feed|rss|atom)\/?$/.test(path) || isbot(userAgent)) continue
    const [day = '', month = '', year = ''] = client.slice(client.indexOf('[') + 1).split(/[/:]/)
    expect(month).toBe('May')
    const date = `${year}-05-${day}`
    pageviewsPerDay[date] = (pageviewsPerDay[date] ?? 0) + 1
    const page = decoded(target)
    pages[page] = (pages[page] ?? 0) + 1
    visitors.add(`${date} ${client.split(' ')[0]} ${userAgent === '-' ? '' : userAgent}`)
  }
  const topTen = Object.entries(pages)
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .slice(0, 10)
  return { pageviewsPerDay, topTen, visitors: visitors.size }
}

/** A path as a browser would show it after following the link, without its query. */
function decoded(target: string): string {
  return new URL(target, 'http://any.example').pathname
}

type Points = { points: (Summary & { at: string })[] }
type Rows = { rows: (Summary & { value: string })[] }

/** What the dashboard says of a site in the days of the log. */
async function read(site: string) {
  const range = 'from=2015-05-01&to=2015-05-31&tz=UTC'
  const [{ points }, { rows }, summary] = await Promise.all([
    retrace.api<Points>(`/api/sites/${site}/timeseries?${range}&interval=day`),
    retrace.api<Rows>(`/api/sites/${site}/breakdown/page?${range}&limit=10&metric=pageviews`),
    retrace.api<Summary>(`/api/sites/${site}/summary?${range}`),
  ])
  const days = points.filter(({ pageviews }) => pageviews > 0)
  return {
    pageviewsPerDay: Object.fromEntries(days.map(({ at, pageviews }) => [at.slice(0, 10), pageviews])),
    topTen: rows.map(({ value, pageviews }) => [value, pageviews]),
    visitors: summary.visitors,
  }
}

/**
 * Above 512 visitors counts are estimates with a standard error of 1.15 % at most (visitor-sketch.ts), and hashes are
 * others with each run: three of it is what one run in some hundreds exceeds.
 */
const visitorTolerance = 0.035

const importInto = (site: string, file: string) =>
  runToEnd('local/import/cli.ts', [file, '--site', site], environment(folder))

describe('importing a web server log', () => {
  it('shows the page views of each day, the top ten pages and the visitors that are in it', async () => {
    const bytes = readFileSync(logFile)
    const expected = countIndependently((logFile.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString())
    const { code, output } = await importInto('demo', logFile)
    expect(code, output).toBe(0)
    expect(output).toContain('Look at it: ')

    await eventually(async () => {
      const { pageviewsPerDay, topTen, visitors } = await read('demo')
      expect(pageviewsPerDay).toEqual(expected.pageviewsPerDay)
      expect(new Map(topTen as [string, number][])).toEqual(new Map(expected.topTen))
      return expect(Math.abs(visitors / expected.visitors - 1)).toBeLessThanOrEqual(visitorTolerance)
    })
  })

  it('changes nothing when it is run again', async () => {
    const before = await read('demo')
    const { code, output } = await importInto('demo', logFile)
    expect(code, output).toBe(0)
    expect(output).toContain('nothing is new')
    expect(await read('demo')).toEqual(before)
  })

  it('goes on behind what an earlier, shorter copy brought, and reads gzip', async () => {
    const sites = await runToEnd(
      'local/sites.ts',
      ['add', 'grown', '--origin', 'http://www.semicomplete.com'],
      environment(folder),
    )
    expect(sites.code, sites.output).toBe(0)
    const lines = gunzipSync(readFileSync(excerpt)).toString().split('\n')
    const short = join(folder, 'short.log')
    writeFileSync(short, `${lines.slice(0, 700).join('\n')}\n`)
    expect((await importInto('grown', short)).code).toBe(0)
    const { code, output } = await importInto('grown', excerpt)
    expect(code, output).toBe(0)
    expect(output).toContain('700 lines were brought in before')

    const expected = countIndependently(lines.join('\n'))
    await eventually(async () => expect((await read('grown')).pageviewsPerDay).toEqual(expected.pageviewsPerDay))
  })

  it('says in one line what is wrong', async () => {
    const unknownSite = await importInto('nope', logFile)
    expect(unknownSite).toEqual({ code: 1, output: 'There is no site "nope". Add it: npm run sites -- add nope\n' })
    const noFile = await importInto('demo', '/does/not/exist')
    expect(noFile).toEqual({ code: 1, output: 'There is no file /does/not/exist.\n' })
    const noLog = await importInto('demo', join(root, 'package.json'))
    expect(noLog.output).toContain('has no line in Combined Log Format')
    const noSite = await runToEnd('local/import/cli.ts', [logFile], environment(folder))
    expect(noSite.code).toBe(2)
    expect(noSite.output).toMatch(/^--site is needed\n\nUsage: /)
  })
})

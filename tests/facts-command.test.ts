/** `npm run facts`: a question in SQL is answered from the archive, as an independent count of the same events has it. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { composeAggregator } from '../consumers/aggregator/compose.ts'
import { composeArchiver } from '../consumers/archiver/compose.ts'
import { aClick, aDelivery, anEvent, noon } from './support/events.ts'
import { makeDataFolder, removeDataFolder, runToEnd as runProcess } from './support/retrace.ts'
import { startStores, type TestStores } from './support/stores.ts'
import { freshEnvironment, putTraffic, runToEnd } from './support/stream.ts'

const countries = ['DE', 'FR', 'DE', 'US', 'DE']
/** Everybody looks at two pages and clicks on one of them. */
const deliveries = Array.from({ length: 60 }, (_, i) => {
  const at = noon + i * 60_000
  const load = i.toString(16).padStart(16, '0')
  const page = (name: string) => `https://shop.example/${name}`
  const events = [
    anEvent({ load, n: 0, at, url: page(`${i % 3}`) }),
    anEvent({ load, n: 1, at: at + 1000, url: page(`${i % 4}`) }),
    aClick({ load, n: 2, at: at + 2000, url: page(`${i % 4}`) }),
  ]
  const country = countries[i % countries.length] as string
  return aDelivery({ received: at + 3000, sentAt: at + 2900, visitor: `${1000 + i}`.padEnd(16, '7'), country, events })
})

let stores: TestStores
let folder: string
let env: NodeJS.ProcessEnv
beforeAll(async () => {
  stores = await startStores()
  folder = await makeDataFolder()
  await putTraffic(stores.settings, deliveries)
  const environment = await freshEnvironment('asked')
  env = { ...process.env, RETRACE_DATA_DIR: folder, RETRACE_TABLE_PREFIX: 'asked-', RETRACE_BUCKET: 'asked' }
  await runToEnd(composeAggregator(environment), stores.settings)
  await runToEnd(composeArchiver(environment), stores.settings)
}, 60_000)
afterAll(async () => {
  await stores.close()
  await rm(join(folder, 'facts'), { recursive: true, force: true })
  await removeDataFolder(folder)
})

const facts = (...more: string[]) =>
  runProcess('local/facts/cli.ts', ['--site', 'demo', '--from', '2026-03-10', '--to', '2026-03-11', ...more], env)

it('answers', async () => {
  const sql = `SELECT page, sum(clicks)::INTEGER AS clicks, count(DISTINCT visitor)::INTEGER AS visitors
    FROM facts WHERE country = 'DE' AND page <> '/0' GROUP BY page ORDER BY page`
  const { code, output } = await facts('--sql', sql, '--format', 'json')
  expect(code, output).toBe(0)
  const counted = ['/1', '/2', '/3'].map((page) => {
    const ofPage = deliveries.filter(
      ({ country, events }) => country === 'DE' && events.some(({ url }) => url.endsWith(page)),
    )
    const clicks = ofPage.filter(({ events }) => events[2]?.url.endsWith(page)).length
    return { page, clicks, visitors: ofPage.length }
  })
  expect(counted.every(({ clicks }) => clicks > 0)).toBe(true)
  expect(
    output
      .trimEnd()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line)),
  ).toEqual(counted)

  const table = await facts('--sql', 'SELECT page, sum(pageviews) AS views FROM facts GROUP BY page ORDER BY page')
  expect(table.output).toMatch(/page +views\n\/0 +35\n\/1 +35\n/)
  const cut = await facts('--sql', 'SELECT page FROM facts', '--max-rows', '2', '--format', 'csv')
  expect(cut.output).toContain('There are more than 2 rows')
})

it('says what there is to be asked about', async () => {
  const { code, output } = await facts()
  expect(code).toBe(0)
  for (const line of [/^time +TIMESTAMP$/m, /^page +VARCHAR$/m, /^property +VARCHAR\[\]$/m, /^visit_ms +INTEGER$/m])
    expect(output).toMatch(line)
})

it.each([
  [['--sql', 'SELECT colour FROM facts'], 1, 'colour'],
  [['--sql', `COPY facts TO 'facts.csv'`], 1, 'Permission Error'],
  [['--format', 'xml'], 2, '--format must be one of table, csv, json'],
  [['--site', 'nowhere'], 2, 'there is no site nowhere'],
])('%j is refused with a reason', async (more, status, reason) => {
  const { code, output } = await facts(...more)
  expect(output).toContain(reason)
  expect(code).toBe(status)
})

/** The page of the pipeline in a browser: it keeps itself up to date, says when it cannot, and what was out of the ordinary. */
import { expect, it } from 'vitest'
import { findProblems } from './support/accessibility.ts'
import { now } from './support/dashboard.ts'
import { eventually } from './support/eventually.ts'
import { anIncident } from './support/incidents.ts'
import { dashboard, open, page, shows } from './support/replays-page.ts'

const lost = 'The live connection is lost. Reconnecting…'

it('asks again by itself, keeps what it saw while the dashboard does not answer, and goes on afterwards', async () => {
  let asked = 0
  page.on('request', (request) => {
    if (new URL(request.url()).pathname === '/api/pipeline') asked++
  })
  await open('/pipeline')
  await page.getByText('Aggregator', { exact: true }).first().waitFor()
  await eventually(() => asked >= 3, { timeoutMs: 10_000 })
  expect(await page.getByText(lost).count()).toBe(0)

  await page.route('**/api/pipeline', (route) => route.abort())
  await shows(lost)
  expect(await page.getByText('Aggregator', { exact: true }).first().isVisible()).toBe(true)
  await page.unroute('**/api/pipeline')
  await page.getByText(lost).waitFor({ state: 'detached' })
}, 30_000)

it('shows incidents of the pipeline in words, and has them told to somebody', async () => {
  const at = now - 20 * 60_000
  await dashboard.putIncident(
    anIncident({
      site: '_pipeline',
      at,
      end: undefined,
      series: { metric: 'lag', dimension: 'consumer', value: 'aggregator' },
      others: [{ metric: 'rejectRate' }],
      severity: 'warning',
      evidence: 0,
      peak: { at, observed: 150, expected: 0, low: 0, high: 61 },
      changed: [{ dimension: 'shard', value: 'shardId-000000000001', observed: 150, expected: 0 }],
    }),
  )
  await open('/pipeline')
  const incident = page.getByRole('article', { name: 'Aggregator lags behind' })
  await incident.getByText('2m 30s behind; more than 1m 01s is too much').waitFor()
  await incident.getByText('Unusual with it: The endpoint rejects unusually many events').waitFor()
  await incident.getByRole('rowheader', { name: 'Shard shardId-000000000001' }).waitFor()
  await incident.getByRole('radio', { name: 'Noise' }).click()
  await shows('From now on it takes more to tell this again.')
  expect(await findProblems(page)).toEqual([])

  await page.getByText('Who is told of them').click()
  await page.getByLabel('Webhook').fill('https://example.org/hook')
  await page.getByRole('button', { name: 'Tell it there' }).click()
  await page.getByText('example.org').first().waitFor()
  expect(await dashboard.options.store.channels.list('_pipeline')).toMatchObject([
    { target: 'https://example.org/hook' },
  ])
}, 60_000)

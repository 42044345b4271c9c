/** The page of the pipeline in a browser: it keeps itself up to date, and says when it cannot. */
import { expect, it } from 'vitest'
import { eventually } from './support/eventually.ts'
import { open, page, shows } from './support/replays-page.ts'

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

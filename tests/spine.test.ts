/** The whole way, as a person goes it: start, click on a page, look at the dashboard, stop, start again. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchBrowser } from './support/browser.ts'
import { anEvent, chrome } from './support/events.ts'
import { eventually } from './support/eventually.ts'
import {
  environment,
  makeDataFolder,
  type Retrace,
  removeDataFolder,
  runToEnd,
  type Summary,
  startRetrace,
  token,
} from './support/retrace.ts'

let folder: string
let retrace: Retrace
let browser: Browser
beforeAll(async () => {
  folder = await makeDataFolder()
  // A browser without a window says so in its name, and the figures leave robots out. Set for the whole browser:
  // what a page sends while it is left goes under the browser's name, not under that of the page.
  ;[retrace, browser] = await Promise.all([
    startRetrace(folder),
    launchBrowser([`--user-agent=${chrome.replace('130', '131')}`]),
  ])
})
afterAll(async () => {
  await Promise.all([browser?.close(), retrace?.stop()])
  await removeDataFolder(folder)
})

/** What the issue promises between a click and its number. */
const withinTwoSeconds = { timeoutMs: 2000, everyMs: 50 }

const summary = () => retrace.api<Summary>('/api/sites/demo/summary?tz=UTC')
const post = (load: string) =>
  fetch(`${retrace.ingestUrl}/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain', 'user-agent': chrome },
    body: JSON.stringify({ site: 'demo', sentAt: Date.now(), events: [anEvent({ load, at: Date.now() })] }),
  })

describe('a fresh start', () => {
  it('is ready within 15 seconds and says where everything is', () => {
    expect(retrace.output()).toMatch(/Demo site +http:\/\/localhost:\d+/)
    expect(retrace.output()).toMatch(/Dashboard +http:\/\/localhost:\d+\/sign-in\?token=test-token/)
    expect(retrace.startedInMs).toBeLessThan(15_000)
  })

  it('shows a posted event in the figures within two seconds, and counts it once when it comes twice', async () => {
    expect((await post('00000000000000aa')).status).toBe(202)
    await eventually(async () => expect((await summary()).pageviews).toBe(1), withinTwoSeconds)
    await post('00000000000000aa')
    await post('00000000000000bb')
    await eventually(async () => expect((await summary()).pageviews).toBe(2), withinTwoSeconds)
    expect(await summary()).toMatchObject({ visitors: 1, visits: 1, pageviews: 2 })
  })
})

describe('the demo page and the dashboard', () => {
  it('shows clicks on a real page on the dashboard within two seconds, without reloading', async () => {
    const dashboard = await browser.newPage()
    await dashboard.goto(`${retrace.dashboardUrl}/sign-in?token=${token}`)
    const tile = (name: RegExp) => dashboard.getByRole('button', { name })
    await tile(/^Clicks/).waitFor()
    const before = await summary()

    const site = await browser.newPage()
    await site.goto(retrace.demoUrl)
    await site.getByRole('link').first().waitFor()
    await site.locator('nav a').nth(1).click()
    await site.waitForLoadState()

    await eventually(async () => expect((await summary()).clicks).toBe(before.clicks + 1), withinTwoSeconds)
    // The page behind the link waits half a second for more to send.
    await eventually(async () => expect((await summary()).pageviews).toBe(before.pageviews + 2), withinTwoSeconds)
    const after = await summary()
    expect(after.visits).toBe(before.visits + 1)
    await eventually(async () => {
      expect(await tile(/^Clicks/).textContent()).toContain(String(after.clicks))
      return expect(await tile(/^Page views/).textContent()).toContain(String(after.pageviews))
    }, withinTwoSeconds)
  })
})

describe('the pipeline page', () => {
  it('is reached from the header by keyboard, and shows each consumer on time in each shard', async () => {
    const page = await browser.newPage()
    await page.goto(`${retrace.dashboardUrl}/sign-in?token=${token}`)
    await page.getByRole('link', { name: 'Pipeline' }).press('Enter')
    for (const name of ['Aggregator', 'Archiver', 'Anomaly detector']) {
      await page.getByRole('heading', { level: 2, name }).waitFor()
      await eventually(async () => expect(await page.getByRole('heading', { level: 4, name }).count()).toBe(2))
    }
    await eventually(async () => expect(await page.getByText('On time').count()).toBe(9))
    await page.getByRole('link', { name: 'Back to the figures' }).press('Enter')
    await page.getByRole('button', { name: /^Clicks/ }).waitFor()
  })
})

describe('what goes wrong', () => {
  it('starts a process again that died, and says so', async () => {
    const { pids } = retrace
    process.kill(pids.aggregator as number, 'SIGKILL')
    await eventually(() => retrace.output().includes('The aggregator stopped (SIGKILL); starting it again'))
    await eventually(() => retrace.output().includes('The aggregator is running again.'))
    const before = await summary()
    await post('00000000000000cc')
    await eventually(async () => expect((await summary()).pageviews).toBe(before.pageviews + 1))
  })

  it('refuses a second start on the same data, and a taken port, in one line each', async () => {
    const second = await runToEnd('local/start.ts', [], environment(folder))
    expect(second.code).toBe(1)
    expect(second.output).toMatch(
      /^Retrace is already running on .+\. Stop it first, or choose another RETRACE_DATA_DIR\.\n$/,
    )

    const taken = createServer()
    const port = await new Promise<number>((resolve) => {
      taken.listen(0, '127.0.0.1', () => resolve((taken.address() as { port: number }).port))
    })
    const other = await makeDataFolder()
    const env = { ...environment(other), RETRACE_INGEST_PORT: String(port) }
    const onTakenPort = await runToEnd('local/start.ts', [], env)
    taken.close()
    await removeDataFolder(other)
    expect(onTakenPort.code).toBe(1)
    expect(onTakenPort.output).toMatch(
      /^Port \d+ is taken by another program\. Choose another: RETRACE_INGEST_PORT=\d+ npm start\n$/,
    )

    await post('00000000000000dd')
  })

  it('refuses data folders and settings that cannot be used, in one line each', async () => {
    const notAFolder = await runToEnd('local/start.ts', [], {
      ...environment(folder),
      RETRACE_DATA_DIR: `${folder}/running.json/x`,
    })
    expect(notAFolder.output).toMatch(
      /^The data folder .+ cannot be used: it is not a folder\. Choose another with RETRACE_DATA_DIR\.\n$/,
    )
    expect(notAFolder.code).toBe(1)
    const damaged = await makeDataFolder()
    mkdirSync(`${damaged}/dynamodb`)
    writeFileSync(`${damaged}/dynamodb/CURRENT`, 'not what LevelDB left')
    const onDamaged = await runToEnd('local/start.ts', [], environment(damaged))
    await removeDataFolder(damaged)
    expect(onDamaged.code).toBe(1)
    expect(onDamaged.output).toMatch(/\nThe dynamodb store did not start: .+ cannot be used: .+\n$/)
    const wrong = await runToEnd('local/start.ts', [], { ...environment(folder), RETRACE_INGEST_PORT: 'http' })
    expect(wrong).toEqual({ code: 1, output: 'RETRACE_INGEST_PORT must be an integer from 0 to 65535\n' })
  })

  it('takes no options, explains its settings, and names what looks like one and is none', async () => {
    const env = environment(folder)
    const option = await runToEnd('local/start.ts', ['--port', '9000'], env)
    expect(option).toEqual({ code: 2, output: 'npm start takes no --port; npm start -- --help says what it takes\n' })
    const help = await runToEnd('local/start.ts', ['--help'], env)
    expect(help.code).toBe(0)
    expect(help.output).toContain('RETRACE_INGEST_PORT=8080\n      Port of the ingestion endpoint')
    const mistyped = await runToEnd('local/start.ts', [], { ...env, RETRACE_INGST_PORT: '9000' })
    expect(mistyped.output).toMatch(/^RETRACE_INGST_PORT is no setting: .+\nRetrace is already running/)
  })
})

describe('stopping and starting again', () => {
  it('keeps everything, and counts on from there', async () => {
    await post('00000000000000ee')
    // aa, bb, two pages of the demo site, cc, dd and ee.
    await eventually(async () => expect((await summary()).pageviews).toBe(7))
    const before = await summary()
    expect(await retrace.stop()).toBe(0)
    expect(retrace.output()).toContain('Stopped. Everything is kept')

    retrace = await startRetrace(folder)
    expect(await summary()).toEqual(before)
    // One that was counted before the stop, again, and a new one.
    await post('00000000000000ee')
    await post('00000000000000ff')
    await eventually(async () => expect((await summary()).pageviews).toBe(before.pageviews + 1))
  })
})

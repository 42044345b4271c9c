/** docs/snippet.md says what the snippet has: every option, and every event with its fields, as they are really sent. */
import { readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDemoSite } from '../local/demo-site/server.ts'
import { buildSnippet } from '../snippet/build.ts'
import { eventTypes, type TrackedEvent } from '../stream/event.ts'
import { launchBrowser } from './support/browser.ts'
import { type Capture, startCapture } from './support/capture.ts'
import { eventually } from './support/eventually.ts'

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
const guide = read('docs/snippet.md')

/** The rows of the table whose first heading is this, each as its cells. */
function table(heading: string): string[][] {
  const lines = guide.split('\n')
  const rows: string[][] = []
  const head = lines.findIndex((line) => line.startsWith(`| ${heading} |`))
  for (let at = head + 2; lines[at]?.startsWith('|'); at++) rows.push((lines[at] as string).split(' | '))
  return rows
}
const quoted = (cell: string | undefined) => [...(cell ?? '').matchAll(/`([^`]+)`/g)].map(([, text]) => text as string)

it('has a row for every option of the script, and for no other', () => {
  const [, type = ''] = /export type Options = \{([^}]*)\}/.exec(read('snippet/browser/options.ts')) ?? []
  const options = [...type.matchAll(/^ {2}(\w+)\?:/gm)].map(([, name]) => name as string)
  const attributes = options.map((name) => `data-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`)
  const described = table('attribute').map(([attribute]) => quoted(attribute)[0]?.split('=')[0])
  expect(attributes.length).toBeGreaterThan(10)
  expect(described.sort()).toEqual(attributes.sort())
})

describe('the table of events', () => {
  const rows = table('event').map(([event, , fields]) => ({ event: quoted(event).join(' '), fields: quoted(fields) }))
  /** What every event has, and the text above the table says. */
  const common = ['type', 'load', 'n', 'at', 'url']

  let browser: Browser
  let capture: Capture
  let site: FastifyInstance
  let origin: string
  beforeAll(async () => {
    const [snippet, launched] = await Promise.all([buildSnippet(), launchBrowser()])
    browser = launched
    capture = await startCapture(snippet.code, '')
    site = createDemoSite({
      snippetUrl: `${capture.origin}/retrace.js`,
      site: 'demo',
      dashboardUrl: 'http://localhost/',
    })
    origin = await site.listen({ host: '127.0.0.1', port: 0 })
  })
  afterAll(async () => {
    await browser?.close()
    await Promise.all([site?.close(), capture?.close()])
  })

  it('has every type there is', () => {
    expect(new Set(rows.map(({ event }) => event.split(' ')[0]))).toEqual(new Set(eventTypes))
    for (const field of common) expect(guide).toContain(`\`${field}\``)
  })

  it('has the fields that are sent, all of them and no other, when everything on the demo page is tried', async () => {
    const page = await browser.newPage()
    const more = page.waitForResponse('**/retrace-more.js')
    await page.goto(origin)
    await page.getByRole('link', { name: 'what every click sends' }).click()
    await page.waitForURL('**/notice')
    await (await more).finished()
    // What nothing follows takes its time to be known as such, and the page must have come to rest.
    await page.locator('#dead').scrollIntoViewIfNeeded()
    await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))')
    await page.click('#dead')
    await eventually(() => capture.taken().some(({ name }) => name === 'dead_click'))
    await page.mouse.wheel(0, 300)
    for (const id of ['plant-bulb', 'break']) await page.click(`#${id}`)
    await page.click('[data-retrace-event]')
    await page.click('#bell', { clickCount: 4 })
    await page.locator('#ask input').fill('Which fern?')
    await page.click('#ask button')
    await page.click('[data-season=summer]')
    await page.goto('about:blank')
    await eventually(() => capture.taken().some(({ type }) => type === 'vital'))

    const sent = Map.groupBy(capture.taken(), kindOf)
    for (const { event, fields } of rows) {
      const seen = new Set((sent.get(event) ?? []).flatMap((one) => fieldsOf(one, event === 'custom')))
      expect([event, [...seen].filter((field) => !common.includes(field)).sort()]).toEqual([event, fields.sort()])
    }
    expect([...sent.keys()].sort()).toEqual(rows.map(({ event }) => event).sort())
  })

  /** As the first column has it: the snippet's own custom events by their names. */
  function kindOf({ type, name }: TrackedEvent): string {
    return name?.includes('_') ? `${type} ${name}` : type
  }

  /** Names of fields, nested ones by their whole names; the properties of a site's own events are the site's. */
  function fieldsOf(event: object, propsAreWhole: boolean, prefix = ''): string[] {
    return Object.entries(event).flatMap(([name, value]) =>
      typeof value === 'object' && !(propsAreWhole && name === 'props')
        ? fieldsOf(value, propsAreWhole, `${prefix}${name}.`)
        : [prefix + name],
    )
  }
})

/** Pages that allow little (Content-Security-Policy) and check what they load (subresource integrity). */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import { type Capture, startCapture } from './support/capture.ts'
import { eventually } from './support/eventually.ts'
import { SnippetPage } from './support/snippet-page.ts'

const world = new SnippetPage()
const hashOf = (file: string) =>
  `sha384-${createHash('sha384')
    .update(readFileSync(new URL(`../dist/${file}`, import.meta.url)))
    .digest('base64')}`

/** What the browser itself says was not allowed: said to the console, whatever the page listens to. */
let violations: string[]
beforeEach(() => {
  violations = []
  world.page.on('console', (message) => {
    if (/Content Security Policy|integrity/i.test(message.text())) violations.push(message.text())
  })
})

const body =
  '<button id="buy">Buy</button><form id="form" action="/sent" method="dialog"><button id="send">Send</button></form>'

/** Nothing but the endpoint, and scripts as the case says. */
const policy = (scripts: string) => ({
  'content-security-policy': `default-src 'none'; ${scripts}; connect-src 'self'; style-src 'none'; base-uri 'none'; form-action 'self'`,
})

describe('a strict Content-Security-Policy', () => {
  it.each([
    ["the script's host alone", "script-src 'self'"],
    [
      'trusted types, and none of them ours',
      "script-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'",
    ],
  ])('with %s: all of it works, nothing is reported', async (_name, scripts) => {
    await world.open({ headers: policy(scripts), body })
    await world.page.click('#buy')
    await eventually(() => world.taken('click')[0])
    await eventually(async () => {
      await world.page.click('#send')
      return world.custom('form_submit')[0]
    })
    await world.leave()
    expect(violations).toEqual([])
  })

  it("with the file's hash alone: what is in that file works, nothing is reported", async () => {
    // The second file is asked for by a script, and a hash lets in what the page itself names.
    const attributes = `data-more="none" integrity="${hashOf('retrace.js')}" crossorigin`
    await world.open({ headers: policy(`script-src '${hashOf('retrace.js')}'`), attributes, body })
    await world.page.click('#buy')
    await eventually(() => world.taken('click')[0])
    await world.leave()
    expect(violations).toEqual([])
  })
})

describe('subresource integrity', () => {
  const elsewhere = async (run: (capture: Capture) => Promise<void>) => {
    const other = await startCapture(readFileSync(new URL('../dist/retrace.js', import.meta.url), 'utf8'), '')
    try {
      await run(other)
    } finally {
      await other.close()
    }
  }
  const embed = (origin: string, integrity: string) =>
    `<script defer src="${origin}/retrace.js" data-site="demo" data-automation data-vitals="none" integrity="${integrity}" crossorigin="anonymous"></script>`
  it('holds for the file from another host, which answers to it', async () => {
    await elsewhere(async (other) => {
      await world.visit({ script: embed(other.origin, hashOf('retrace.js')), body })
      await world.page.click('#buy')
      await eventually(() => expect(other.taken().map(({ type }) => type)).toEqual(['pageview', 'click']))
      expect(violations).toEqual([])
    })
  })

  it('keeps a file out that somebody changed', async () => {
    await elsewhere(async (other) => {
      await world.visit({ script: embed(other.origin, `sha384-${'A'.repeat(64)}`), body })
      await eventually(() => expect(violations.length).toBeGreaterThan(0))
      expect(await world.page.evaluate('typeof retrace')).toBe('undefined')
      expect(other.requests).toEqual([])
    })
  })
})

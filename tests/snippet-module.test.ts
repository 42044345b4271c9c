/** The other ways in: the ES module that bundlers take, and the queue that works before the script is there. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { eventually } from './support/eventually.ts'
import { SnippetPage } from './support/snippet-page.ts'

const world = new SnippetPage()

/** A page that has the module instead of the script. */
const openModule = (code: string) =>
  world.visit({ script: `<script type="module">${code}</script>`, body: '<button id="buy">Buy</button>' })

describe('the module', () => {
  it('does nothing until it is told, and then what the script does', async () => {
    await openModule(`import { init, track } from '/retrace.mjs'
      window.go = () => {
        init({ site: 'demo', endpoint: location.origin, automation: true, vitals: 'none', tag: 'module' })
        track('signup', { plan: 'pro' })
      }`)
    await world.page.click('#buy')
    expect(world.sent()).toEqual([])
    await world.page.evaluate('go()')
    await world.page.click('#buy')
    await eventually(() =>
      expect(world.capture.taken().map(({ type }) => type)).toEqual(['pageview', 'custom', 'click']),
    )
    expect(world.custom('signup')[0]?.props).toEqual({ plan: 'pro' })
    expect(JSON.parse(world.capture.requests[0]?.body.toString() ?? '').tag).toBe('module')
  })

  it('keeps what is tracked before init', async () => {
    await openModule(`import { init, track } from '/retrace.mjs'
      track('early')
      init({ site: 'demo', endpoint: location.origin, automation: true, vitals: 'none' })`)
    await eventually(() =>
      expect(world.capture.taken().map(({ name, type }) => name ?? type)).toEqual(['pageview', 'early']),
    )
  })

  it('starts once, however often it is told', async () => {
    await openModule(`import { init } from '/retrace.mjs'
      for (let i = 0; i < 3; i++) init({ site: 'demo', endpoint: location.origin, automation: true, vitals: 'none' })`)
    await eventually(() => world.taken('pageview')[0])
    await world.page.click('#buy')
    await eventually(() => world.taken('click')[0])
    await world.settled()
    expect(world.taken('pageview')).toHaveLength(1)
    expect(world.taken('click')).toHaveLength(1)
  })

  it('does nothing on a server, where there is no page', async () => {
    const { init, track } = (await import('../dist/retrace.mjs' as string)) as typeof import('../snippet/retrace.d.mts')
    expect(() => {
      init({ site: 'demo' })
      track('signup')
    }).not.toThrow()
  })

  it('has types for all that it exports', () => {
    const read = (file: string) => readFileSync(new URL(`../dist/${file}`, import.meta.url), 'utf8')
    const types = read('retrace.d.mts')
    for (const name of ['init', 'track']) {
      expect(types).toMatch(new RegExp(`export .*\\b${name}\\b`))
      expect(read('retrace.mjs')).toMatch(new RegExp(`\\b${name}\\b`))
    }
  })
})

describe('the queue stub', () => {
  const stub = 'window.retrace=window.retrace||function(){(retrace.q=retrace.q||[]).push(arguments)}'

  it('keeps calls made before the script is there, in their order, behind the page view', async () => {
    await world.open({
      head: `<script>${stub};retrace('first', { a: 1 });retrace('second')</script>`,
      attributes: 'data-vitals="none"',
    })
    await eventually(() =>
      expect(world.capture.taken().map(({ name, type }) => name ?? type)).toEqual(['pageview', 'first', 'second']),
    )
    expect(world.custom('first')[0]?.props).toEqual({ a: 1 })
  })

  it('does no harm where the script is blocked', async () => {
    await world.page.route('**/retrace.js', (route) => route.abort())
    await world.visit({ head: `<script>${stub};retrace('first')</script>` })
    expect(await world.page.evaluate("retrace('second'), retrace.q.length")).toBe(2)
  })
})

/**
 * Pages that break what the language and the browser have: the page goes on as it would without the snippet, and what
 * happens on it arrives. Each page is broken before the snippet comes.
 */
import { describe, expect, it } from 'vitest'
import { checkEvent } from '../stream/validate.ts'
import { eventually } from './support/eventually.ts'
import { SnippetPage } from './support/snippet-page.ts'

const world = new SnippetPage()
const pages = {
  'fetch throws': "window.fetch = () => { throw new Error('no fetch here') }",
  'fetch is gone': 'delete window.fetch; window.fetch = undefined',
  'JSON.stringify throws': "JSON.stringify = () => { throw new Error('no JSON here') }",
  'a JSON of its own, which honours every toJSON, and toJSON everywhere': `
    const { parse, stringify } = JSON
    window.JSON = { parse, stringify: (...args) => stringify(...args) }
    Array.prototype.toJSON = String.prototype.toJSON = Number.prototype.toJSON = function () { return '"' + this + '"' }`,
  'toJSON on arrays, as prototype.js has it': `
    Array.prototype.toJSON = function () { return '[' + this.map((each) => Object.toJSON(each)).join(', ') + ']' }`,
  'enumerable additions to Array.prototype and Object.prototype': `
    Array.prototype.contains = function (item) { return this.indexOf(item) >= 0 }
    Object.prototype.extend = function () { return this }`,
  'Array methods that do not do what they should': `
    for (const name of ['concat', 'every', 'fill', 'filter', 'find', 'flat', 'forEach', 'includes', 'indexOf', 'map', 'reduce', 'reverse', 'slice', 'some', 'sort'])
      Array.prototype[name] = () => { throw new Error('no ' + name + ' here') }`,
  'Array.from and Object.entries as an old polyfill has them': `
    Array.from = (list) => [].slice.call(list)
    Object.entries = (object) => Object.keys(object).map((key) => [key, object[key]])`,
  'a getter that throws on classList and ids': `
    Object.defineProperty(Element.prototype, 'classList', { get() { throw new Error('no classList here') } })`,
  'requestIdleCallback, IntersectionObserver and PerformanceObserver missing': `
    delete window.requestIdleCallback; delete window.IntersectionObserver; delete window.PerformanceObserver`,
  'sendBeacon throws': "navigator.sendBeacon = () => { throw new Error('no beacon here') }",
}

/** The page's own work. Tests look at it from outside: what runs in such a page may fail by itself. */
const body = `<button id="buy" class="large primary" onclick="document.getElementById('state').textContent = 'Bought'">Buy <b>now</b></button>
<button id="tell" onclick="retrace('told', { plan: 'pro', seats: 3, trial: false })">Tell</button><p id="state"></p>`

describe.each(Object.entries(pages))('on a page where: %s', (_name, script) => {
  it('the page works as ever, and what happens arrives', async () => {
    await world.open({ head: `<script>${script}</script>`, body })
    await world.page.click('#buy')
    await world.page.click('#tell')
    const told = await eventually(() => world.custom('told')[0])
    expect(told.props).toEqual({ plan: 'pro', seats: 3, trial: false })
    expect(await world.page.locator('#state').textContent()).toBe('Bought')
    expect(world.taken('click').map(({ target }) => [target?.selector, target?.text])).toEqual([
      ['#buy', 'Buy now'],
      ['#tell', 'Tell'],
    ])
    await world.leave()
  })
})

describe('properties that no event can have', () => {
  it.each([
    ['a circle', '(() => { const p = {}; p.self = p; return p })()'],
    ['a getter that throws', '({ get bad() { throw new Error("no") } })'],
    ['a proxy that throws', 'new Proxy({}, { ownKeys() { throw new Error("no") } })'],
    ['a BigInt and a symbol', '({ big: 10n, symbol: Symbol("s") })'],
    ['a function and an element', '({ run() {}, element: document.body })'],
    ['a window', 'window'],
    ['far too much', '({ text: "x".repeat(100_000), more: Array(10_000).fill("many") })'],
  ])('harm neither the page nor the events beside them: %s', async (_name, props) => {
    world.capture.judge = (events) => ({ status: events.some(({ name }) => name === 'odd') ? 400 : 202 })
    await world.open({ body })
    expect(await world.page.evaluate(`retrace('before'), retrace('odd', ${props}), retrace('after'), 'went on'`)).toBe(
      'went on',
    )
    await eventually(() => expect([world.custom('before').length, world.custom('after').length]).toEqual([1, 1]))
  })

  it.each([
    ['nothing', '({ name: "x", none: null, missing: undefined, empty: "" })', { name: 'x' }],
    [
      'quotes, control characters and half a character',
      '({ text: "a\\"b\\\\c\\n\\u0000\\u2028d\\ud800e" })',
      undefined,
    ],
    ['a number that is none', '({ size: "L", price: NaN, most: Infinity })', undefined],
    ['a text that is too long', '({ text: "x".repeat(600) })', { text: 'x'.repeat(512) }],
    [
      'many, as many as there may be',
      'Object.fromEntries(Array.from({ length: 32 }, (_, i) => ["p" + i, i]))',
      undefined,
    ],
  ])('but %s is what an event can have', async (_name, props, taken) => {
    await world.open({ body })
    await world.page.evaluate(`retrace('odd', ${props})`)
    const odd = await eventually(() => world.custom('odd')[0])
    if (taken) expect(odd.props).toEqual(taken)
    expect(checkEvent(odd, [])).toMatchObject({ ok: true })
  })
})

/** What the second file sees: forms, impatience, mistakes, and how quick the page was. */
import type { Route } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { eventually } from './support/eventually.ts'
import { SnippetPage } from './support/snippet-page.ts'

const world = new SnippetPage()

describe('forms', () => {
  const body = `<form id="letter" action="/letters/send?draft=7" onsubmit="event.preventDefault()">
    <input name="subject" value="typed secret"><textarea name="text">written secret</textarea>
    <input type="hidden" name="token" value="hidden secret"><select name="s"><option>chosen secret</option></select>
    <button id="send" name="go" value="button secret">Send</button></form>`

  it.each(['the button', 'Enter'])('report that they were sent by %s, and never what was in them', async (way) => {
    await world.openWithMore({ body })
    if (way === 'Enter') await world.page.locator('[name=subject]').press('Enter')
    else await world.page.click('#send')
    const submit = await eventually(() => world.custom('form_submit')[0])
    expect(submit.props).toMatchObject({ selector: '#letter' })
    await world.settled()
    expect(world.custom('form_submit')).toHaveLength(1)
    expect(JSON.stringify(world.sent())).not.toContain('secret')
    expect(JSON.stringify(submit)).not.toContain('draft')
  })

  it('that are not valid were not sent', async () => {
    await world.openWithMore({ body: '<form id="letter"><input required><button id="send">Send</button></form>' })
    await world.page.click('#send')
    await world.settled()
    expect(world.custom('form_submit')).toEqual([])
  })

  it('that leave the page are reported all the same', async () => {
    await world.openWithMore({ body: '<form id="letter" action="/sent"><button id="send">Send</button></form>' })
    await world.page.click('#send')
    await world.page.waitForURL('**/sent*')
    await eventually(() => world.custom('form_submit')[0])
  })
})

describe('impatience', () => {
  const body = `<button id="bell" onclick="this.textContent += '.'">Ring</button><button id="dead">Nothing</button>
    <a id="link" href="#part">Part</a><p id="part">Words</p><input id="input"><my-dice id="dice"></my-dice>
    <script>customElements.define('my-dice', class extends HTMLElement {
      constructor() {
        super()
        const root = this.attachShadow({ mode: 'open' })
        root.innerHTML = '<button id="roll">Roll</button>'
        root.firstChild.onclick = () => { root.firstChild.textContent = 'Six' }
      }
    })</script>`

  it('is several clicks in a row on one place, reported once', async () => {
    await world.openWithMore({ body })
    await world.page.click('#bell', { clickCount: 5 })
    const rage = await eventually(() => world.custom('rage_click')[0])
    expect(rage.props).toMatchObject({ selector: '#bell' })
    await world.settled()
    expect(world.custom('rage_click')).toHaveLength(1)
  })

  it('is not two clicks', async () => {
    await world.openWithMore({ body })
    await world.page.dblclick('#bell')
    await world.settled()
    expect(world.custom('rage_click')).toEqual([])
  })

  it('is also a click that nothing follows', async () => {
    await world.openWithMore({ body })
    await world.page.click('#dead')
    const dead = await eventually(() => world.custom('dead_click')[0])
    expect(dead.props).toMatchObject({ selector: '#dead' })
  })

  it('is none when the page answers: it changes, also in a shadow tree, goes to a part of itself, or takes what is typed', async () => {
    await world.openWithMore({ body })
    // The one in the shadow tree first and alone: no other may answer for it.
    await world.page.click('#roll')
    await eventually(() => world.page.evaluate<boolean>('performance.now() > 3000'))
    for (const id of ['bell', 'link', 'input']) await world.page.click(`#${id}`)
    // This one is dead, and comes after those: when it is reported, they would have been.
    await world.page.click('#dead')
    await eventually(() => world.custom('dead_click')[0])
    expect(world.custom('dead_click').map(({ props }) => props?.selector)).toEqual(['#dead'])
  })
})

describe('errors', () => {
  const body = `<button id="throw" onclick="throw new TypeError('The can has a hole')">Throw</button>
    <button id="reject" onclick="Promise.reject(new RangeError('No water'))">Reject</button>
    <button id="odd" onclick="Promise.reject('just words')">Odd</button>`

  it('of the page are reported with their message and place, thrown and rejected', async () => {
    await world.openWithMore({ body })
    for (const id of ['throw', 'reject']) await world.page.click(`#${id}`)
    await eventually(() => expect(world.taken('error')).toHaveLength(2))
    expect(world.taken('error').map(({ name, props }) => JSON.stringify([name, props]))).toEqual([
      expect.stringContaining('The can has a hole'),
      expect.stringContaining('No water'),
    ])
    expect(world.errors.splice(0)).toHaveLength(2)
  })

  it('are few, however often one happens', async () => {
    await world.openWithMore({ body })
    await world.page.evaluate(
      "for (let i = 0; i < 500; i++) dispatchEvent(new ErrorEvent('error', { message: 'again and again', error: new Error('again and again') }))",
    )
    await world.settled()
    expect(world.taken('error').length).toBeGreaterThan(0)
    expect(world.taken('error').length).toBeLessThanOrEqual(50)
  })

  it('go without what may be somebody’s: query strings, fragments, mail addresses, long numbers', async () => {
    await world.openWithMore({ body })
    await world.page.evaluate(
      "dispatchEvent(new ErrorEvent('error', { message: 'No /cart?who=me for ines@alder.example, 4711004711, on #top', filename: '/shop.js?v=1', lineno: 7 }))",
    )
    const error = await eventually(() => world.taken('error')[0])
    expect([error.name, error.props]).toEqual(['No /cart… for … …, on …', { source: '/shop.js…', line: 7 }])
  })

  it('hold up nothing, however long their messages are', async () => {
    await world.openWithMore({ body })
    const tookMs = await world.page.evaluate<number>(`{
      const since = performance.now()
      dispatchEvent(new ErrorEvent('error', { message: 'x'.repeat(100_000) }))
      performance.now() - since
    }`)
    await eventually(() => expect(world.taken('error').map(({ name }) => name)).toEqual(['x'.repeat(128)]))
    expect(tookMs).toBeLessThan(500)
  })

  it('do not go with data-errors="none"', async () => {
    await world.openWithMore({ body, attributes: 'data-errors="none"' })
    await world.page.click('#throw')
    await world.settled()
    expect(world.taken('error')).toEqual([])
    expect(world.errors.splice(0)).toHaveLength(1)
  })
})

describe('web vitals', () => {
  const body = `<h1>Ferns</h1><p>${'Words for the largest paint. '.repeat(40)}</p><button id="slow">Slow</button>
    <div id="space"></div><p id="below">Moved</p>
    <script>document.getElementById('slow').addEventListener('click', () => {
      for (const until = performance.now() + 120; performance.now() < until;);
      document.getElementById('space').style.height = '300px'
    })</script>`

  it('come once each when the page is left, with their value and what it is worth', async () => {
    await world.openWithMore({ body })
    await world.page.click('#slow')
    await world.page.evaluate('new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 100)))')
    await world.leave()
    const vitals = await eventually(() => {
      expect(
        world
          .taken('vital')
          .map(({ name }) => name)
          .sort(),
      ).toEqual(['CLS', 'FCP', 'INP', 'LCP', 'TTFB'])
      return world.taken('vital')
    })
    const measured = (name: string) => vitals.find((vital) => vital.name === name)?.props?.value as number
    for (const { props } of vitals) {
      expect(props?.value).toBeGreaterThanOrEqual(0)
      expect(props?.rating).toMatch(/^(good|needs-improvement|poor)$/)
    }
    expect(measured('INP')).toBeGreaterThanOrEqual(120)
    expect(measured('LCP')).toBeGreaterThanOrEqual(measured('FCP'))
    expect(measured('FCP')).toBeGreaterThanOrEqual(measured('TTFB'))
  })

  it('do not go with data-vitals="none"', async () => {
    await world.openWithMore({ body, attributes: 'data-vitals="none"' })
    await world.page.click('#slow')
    await world.leave()
    await eventually(() => world.taken('click')[0])
    expect(world.taken('vital')).toEqual([])
  })
})

it('is not asked for with data-more="none"', async () => {
  const asked: string[] = []
  world.page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  await world.open({
    attributes: 'data-more="none"',
    body: '<form id="form" method="dialog"><button>Send</button></form>',
  })
  // Usually it is there by then.
  await eventually(() => world.page.evaluate<boolean>('performance.now() > 2500'))
  await world.page.click('button')
  await world.settled()
  expect(asked).not.toContain('/retrace-more.js')
  expect(world.custom('form_submit')).toEqual([])
})

it.each([
  ['is missing', (route: Route) => route.fulfill({ status: 404, body: 'no' })],
  ['is blocked', (route: Route) => route.abort()],
  ['is something else', (route: Route) => route.fulfill({ contentType: 'text/html', body: '<h1>Sign in</h1>' })],
])('harms nothing when it %s: the first file does its work, and the page hears of nothing', async (_what, answer) => {
  const asked = world.page.waitForEvent('request', (request) => request.url().endsWith('/retrace-more.js'))
  await world.page.route('**/retrace-more.js', answer)
  await world.open({
    head: '<script>window.heard = 0; onerror = onunhandledrejection = () => { heard++ }</script>',
    body: '<button id="buy">Buy</button>',
  })
  await asked
  await world.page.click('#buy')
  await eventually(() => world.taken('click')[0])
  await world.settled()
  expect(await world.page.evaluate('heard')).toBe(0)
})

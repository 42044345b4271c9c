/** What counts as a page view, and that nothing counts twice. */
import { describe, expect, it } from 'vitest'
import { eventually } from './support/eventually.ts'
import { SnippetPage } from './support/snippet-page.ts'

const world = new SnippetPage()
const paths = () => world.taken('pageview').map(({ url }) => url.slice(world.capture.origin.length))
const go = (script: string) => world.page.evaluate(script)

describe('a router', () => {
  it.each([
    ['pushState', "history.pushState(null, '', '/guide')"],
    ['replaceState', "history.replaceState(null, '', '/guide')"],
    [
      'pushState and at once replaceState',
      "history.pushState(null, '', '/guide'); history.replaceState({}, '', '/guide?a')",
    ],
    ['pushState with an address object', "history.pushState(null, '', new URL('/guide', location))"],
  ])('gets one page view for %s', async (_way, navigate) => {
    await world.open()
    await go(navigate)
    await world.settled()
    expect(paths()).toEqual(['/', expect.stringMatching(/^\/guide/)])
  })

  it('gets one for going back and one for going forward', async () => {
    await world.open()
    await go("history.pushState(null, '', '/guide')")
    await world.page.goBack()
    await world.page.goForward()
    await world.settled()
    expect(paths()).toEqual(['/', '/guide', '/', '/guide'])
  })

  it('gets none for a state without an address, the same page, another fragment', async () => {
    await world.open({ path: '/guide' })
    await go("history.pushState({}, ''); history.replaceState({}, '', '/guide'); location.hash = 'part'")
    await world.settled()
    expect(paths()).toEqual(['/guide'])
  })

  it('has its own answer and its own errors, as if nobody looked on', async () => {
    await world.open()
    const wrong = "history.pushState(null, '', 'https://elsewhere.example/')"
    expect(await go(`try { ${wrong} } catch (error) { error.name }`)).toBe('SecurityError')
    expect(
      await go("history.pushState({ a: 1 }, '', '/guide'), [history.state.a, history.length, location.pathname]"),
    ).toEqual([1, expect.any(Number), '/guide'])
    await world.settled()
    expect(paths()).toEqual(['/', '/guide'])
  })

  it('goes unseen with data-spa="none"', async () => {
    await world.open({ attributes: 'data-spa="none"' })
    await go("history.pushState(null, '', '/guide'); history.back()")
    await world.settled()
    expect(paths()).toEqual(['/'])
  })
})

describe('data-hash', () => {
  it('makes a page view of each other fragment, once', async () => {
    await world.open({ attributes: 'data-hash' })
    await go("location.hash = '#/mosses'")
    await eventually(() => expect(paths()).toHaveLength(2))
    await go("location.hash = '#/mosses'; history.replaceState(null, '', '#/mosses')")
    await go("location.hash = '#/ferns'")
    await eventually(() => expect(paths()).toHaveLength(3))
    await world.page.goBack()
    await eventually(() => expect(paths()).toHaveLength(4))
    await world.settled()
    const [start, mosses, ferns, back] = paths()
    expect(new Set([start, mosses, ferns]).size).toBe(3)
    expect([mosses, ferns, back]).toEqual([expect.stringContaining('mosses'), expect.stringContaining('ferns'), mosses])
  })

  it('is in the address as the endpoint keeps it', async () => {
    await world.open({ attributes: 'data-hash', path: '/app#/mosses' })
    // The endpoint cuts fragments off: what tells two pages apart must be in front of them.
    expect(paths()[0]?.split('#')[0]).toContain('mosses')
  })
})

it('counts a page that the browser brings back whole, with the same page load', async () => {
  await world.open()
  await go("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
  await eventually(() => expect(paths()).toEqual(['/', '/']))
  expect(new Set(world.taken('pageview').map(({ load }) => load)).size).toBe(1)
})

it('counts a page once when it embeds the script twice, whatever the second one asks for', async () => {
  await world.open({
    head: '<script defer src="/retrace.js" data-site="demo" data-automation></script>',
    attributes: 'data-hash',
  })
  await go("history.pushState(null, '', '/guide')")
  await world.settled()
  expect(paths()).toEqual(['/', '/guide'])
})

it('names the page before as the referrer, of another page load and of a router', async () => {
  await world.open({ path: '/one' })
  await go("location.href = '/two'")
  await eventually(() => expect(paths()).toHaveLength(2))
  await world.page.waitForLoadState()
  await go("history.pushState(null, '', '/three')")
  await eventually(() => expect(paths()).toHaveLength(3))
  const { origin } = world.capture
  expect(world.taken('pageview').map(({ referrer }) => referrer)).toEqual([undefined, `${origin}/one`, `${origin}/two`])
})

/** Whatever is away for a while, what a page has to say arrives when it is back, without a further event. */
import { describe, expect, it } from 'vitest'
import { eventually } from './support/eventually.ts'
import { findLost, once } from './support/loads.ts'
import { SnippetPage } from './support/snippet-page.ts'

/** RETRACE_TEST_OUTAGE_SECONDS=30 runs the outages at the length that docs/measurements.md has. */
const outageMs = Number(process.env.RETRACE_TEST_OUTAGE_SECONDS ?? 2) * 1000
/** Pauses grow to twice what the outage has lasted, and a little of it is drawn by lot. */
const backWithin = { timeoutMs: 2.5 * outageMs + 10_000 }
const patience = outageMs + backWithin.timeoutMs + 10_000

const world = new SnippetPage()
/** What is counted here is what the test sends. */
const attributes = 'data-vitals="none"'
const numbers = () => world.capture.taken().map(({ n }) => n)
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index)
const send = (count: number) => world.page.evaluate(`for (let i = 0; i < ${count}; i++) retrace('event', { i })`)
const hasPassed = (since: number) => () => performance.now() - since >= outageMs

it(
  'brings everything after the server answered 503 for a while',
  async () => {
    await world.open({ attributes })
    const since = performance.now()
    world.capture.judge = () => ({ status: 503, retryAfter: '1' })
    await send(50)
    await eventually(hasPassed(since), { timeoutMs: outageMs + 1000 })
    const asked = world.capture.requests.length
    world.capture.judge = () => ({ status: 202 })
    await eventually(() => expect(numbers()).toEqual(upTo(51)), backWithin)
    console.log(
      `503 for ${outageMs / 1000} s, ${asked} requests: all there ${Math.round(performance.now() - since - outageMs)} ms later`,
    )
    expect(asked).toBeGreaterThanOrEqual(2)
  },
  patience,
)

it(
  'brings everything after the device was offline, at once when it is back',
  async () => {
    await world.open({ attributes })
    const since = performance.now()
    await world.page.context().setOffline(true)
    await send(50)
    await eventually(hasPassed(since), { timeoutMs: outageMs + 1000 })
    expect(numbers()).toEqual([0])
    const backAt = performance.now()
    await world.page.context().setOffline(false)
    await eventually(() => expect(numbers()).toEqual(expect.arrayContaining(upTo(51))))
    console.log(`offline for ${outageMs / 1000} s: all there ${Math.round(performance.now() - backAt)} ms later`)
  },
  patience,
)

describe('a bad event', () => {
  it.each([400, 413, 422])(
    'is found by halves when the server answers %i for all that it is in: 19 of 20 arrive',
    async (status) => {
      world.capture.judge = (events) => ({ status: events.some(({ name }) => name === 'bad') ? status : 202 })
      await world.open({ attributes })
      await world.page.evaluate("for (let i = 0; i < 20; i++) retrace(i === 12 ? 'bad' : 'good', { i })")
      await eventually(() => expect(world.custom('good')).toHaveLength(19))
      await world.settled()
      const [load] = world.capture.taken().map(({ load }) => load)
      expect(once(world.capture.taken())).toHaveLength(world.capture.taken().length)
      expect(findLost(world.capture.taken())).toEqual([`${load} 13`])
    },
  )

  it('stops neither the events before it nor those that come later', async () => {
    world.capture.judge = (events) => ({ status: events.some(({ name }) => name === 'bad') ? 400 : 202 })
    await world.open({ attributes })
    for (let i = 0; i < 3; i++) await world.page.evaluate(`retrace('bad'); retrace('good', { i: ${i} })`)
    await eventually(() =>
      expect(
        world
          .custom('good')
          .map(({ props }) => props?.i)
          .sort(),
      ).toEqual([0, 1, 2]),
    )
  })
})

describe('data-storage="persistent"', () => {
  const persistent = { attributes: `data-storage="persistent" ${attributes}` }

  it('keeps what two tabs could not send, and sends it once when they are opened again', async () => {
    world.capture.judge = () => ({ status: 503 })
    const context = await world.browser.newContext()
    const open = async () => {
      const tab = await world.newTab(context)
      const more = tab.waitForResponse('**/retrace-more.js')
      await tab.goto(world.capture.origin)
      await (await more).finished()
      return tab
    }
    world.serve(persistent)
    for (const tab of await Promise.all([open(), open()])) {
      await tab.evaluate("for (let i = 0; i < 30; i++) retrace('kept', { i })")
      // As a person closes it; else the browser would end it without a word.
      await tab.close({ runBeforeUnload: true })
    }
    await eventually(() => expect(context.pages()).toEqual([]))

    world.capture.judge = () => ({ status: 202 })
    await Promise.all([open(), open()])
    await eventually(() => expect(once(world.custom('kept'))).toHaveLength(60))
    await eventually(() => expect(once(world.taken('pageview'))).toHaveLength(4))
    expect(findLost(world.capture.taken())).toEqual([])
    expect(new Set(world.custom('kept').map(({ load }) => load)).size).toBe(2)
    // Not even a copy: what one tab sends, no other does.
    expect(world.custom('kept')).toHaveLength(60)
  })

  it('leaves nothing on the device once everything is taken', async () => {
    await world.open(persistent)
    await world.settled()
    await eventually(() =>
      world.page.evaluate<boolean>("!Object.values(localStorage).some((text) => text.includes('pageview'))"),
    )
  })
})

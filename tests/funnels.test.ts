/** Funnels and journeys as the API answers them, against a count by the plainest means of the events that were sent. */
import { describe, expect, it } from 'vitest'
import type { FunnelReportAnswer, JourneysAnswer } from '../dashboard/visit-answers.ts'
import { dayMs, get, period, post } from './support/wandered-site.ts'
import { countOf, type Happened, inPeriod, tests } from './support/wanderers.ts'

const stepsOf = (steps: readonly string[]) => steps.map((step) => `step=${encodeURIComponent(step)}`).join('&')

describe('funnels', () => {
  /** Of every event how late a funnel that it ends at this step may have begun, by looking at all events before it. */
  function count(steps: readonly string[], within: 'visit' | number) {
    const groups = [...Map.groupBy(inPeriod, (each) => (within === 'visit' ? each.visit : each.visitor)).values()]
    const took: number[][] = steps.map(() => [])
    for (const events of groups) {
      let before = new Map<Happened, number>()
      for (const [i, step] of steps.entries()) {
        const reached = new Map<Happened, number>()
        for (const event of events.filter(tests[step] as (each: Happened) => boolean)) {
          if (i === 0) reached.set(event, event.at)
          else {
            const last = events.filter((each) => before.has(each) && each.at < event.at).at(-1)
            const begun = last && before.get(last)
            if (!last || begun === undefined || (within !== 'visit' && event.at - begun > within * dayMs)) continue
            if (reached.size === 0) took[i]?.push(event.at - last.at)
            reached.set(event, begun)
          }
          if (i === 0 && reached.size === 1) took[0]?.push(0)
        }
        before = reached
      }
    }
    return took.map((times, i) => {
      const sorted = times.toSorted((a, b) => a - b)
      const middle =
        ((sorted[Math.floor((sorted.length - 1) / 2)] ?? 0) + (sorted[Math.floor(sorted.length / 2)] ?? 0)) / 2000
      return { reached: times.length, medianSeconds: i === 0 ? null : middle }
    })
  }

  it.each([
    [['page:/', 'page:/pricing', 'target:Buy', 'event:signup'], 'visit'],
    [['page:/', 'page:/pricing', 'target:Buy', 'event:signup'], 1],
    [['page:/', 'page:/pricing', 'target:Buy', 'event:signup'], 4],
    [['page~DOCS', 'page~~^/docs/m', 'page~DOCS'], 'visit'],
    [['event:signup', 'property:signup\u0000plan\u0000pro'], 2],
  ] as const)('of %j within %s are what happened in this order', async (steps, within) => {
    const expected = count(steps, within)
    const { body } = (await get(`funnel?${period}&${stepsOf(steps)}&within=${within}`)) as { body: FunnelReportAnswer }
    expect(body.visits).toBe(countOf(inPeriod, 'visit'))
    expect(body.steps.map(({ reached, medianSeconds }) => ({ reached, medianSeconds }))).toEqual(expected)
    expect(expected.at(-1)?.reached).toBeGreaterThan(2)
    expect(body.steps[1]?.ofFirst).toBe((expected[1]?.reached ?? 0) / (expected[0]?.reached ?? 0))
  })

  it('within more days let more visitors through', () => {
    const reached = ([1, 2, 4] as const).map(
      (days) => count(['page:/', 'page:/pricing', 'target:Buy'], days)[2]?.reached ?? 0,
    )
    expect(reached[0]).toBeLessThan(reached[1] ?? 0)
    expect(reached[1]).toBeLessThan(reached[2] ?? 0)
  })

  it('are saved by name, changed and deleted', async () => {
    const funnel = { name: 'To buy', steps: ['page:/', 'target:Buy'], within: 'visit' }
    const { status, body } = await post('funnels', funnel)
    expect([status, body]).toEqual([201, { ...funnel, id: body.id }])
    expect((await post(`funnels/${body.id}`, { ...funnel, within: 7 })).status).toBe(200)
    expect((await get('funnels')).body).toEqual({ funnels: [{ ...funnel, id: body.id, within: 7 }] })
    expect((await post(`funnels/${body.id}/delete`)).status).toBe(200)
    expect(await post(`funnels/${body.id}`, funnel)).toMatchObject({ status: 404, body: { code: 'unknown_funnel' } })
  })

  it.each([
    ['step=page:/&within=visit', 'step'],
    [`${stepsOf(Array(9).fill('page:/'))}&within=visit`, 'step'],
    ['step=page:/&step=page:/', 'within'],
    ['step=page:/&step=page:/&within=week', 'within'],
    ['step=page:/&step=page:/&within=91', 'within'],
    ['step=page:/&step=colour:red&within=visit', 'a step must be'],
    ['step=page:/&step=page~~(&within=visit', 'filter or step cannot be used'],
    ['step=page:/&step=page:/&within=visit&colour=red', "querystring must not have 'colour'"],
    ['step=page:/&step=page:/&within=visit&filter=colour:red', 'filter must be'],
  ])('%s is refused', async (question, message) => {
    expect(await get(`funnel?${period}&${question}`)).toMatchObject({
      status: 400,
      body: { code: 'bad_parameter', message: expect.stringContaining(message) },
    })
  })

  it('steps are values: nothing in them is read as SQL', async () => {
    for (const value of [`'`, `' OR 1=1 --`, '$step0', '";']) {
      const { status, body } = await get(
        `funnel?${period}&${stepsOf([`page:${value}`, `event:${value}`])}&within=visit`,
      )
      expect([status, body.steps?.[0].reached]).toEqual([200, 0])
    }
  })
})

describe('journeys', () => {
  /** The pages of each visit, each once where it is seen again at once. */
  const paths = [...Map.groupBy(inPeriod, ({ visit }) => visit).values()].map((events) => {
    const seen = events.filter(({ kind }) => kind === 'pageview').map(({ page }) => page)
    return seen.filter((page, i) => page !== seen[i - 1])
  })
  function count(page: string | undefined): Record<string, number> {
    const moves: Record<string, number> = {}
    for (const path of paths) {
      const anchor = page === undefined ? 0 : path.indexOf(page)
      if (anchor < 0) continue
      for (let away = -3; away < 3; away += 1) {
        const [from, to] = [path[anchor + away] ?? null, path[anchor + away + 1] ?? null]
        if (from === null && to === null) continue
        const name = JSON.stringify([away, from, to])
        moves[name] = (moves[name] ?? 0) + 1
      }
    }
    return moves
  }

  it.each([undefined, '/pricing', '/thanks'])(
    'from and to %s are what visits saw one after the other',
    async (page) => {
      const { body } = await get(`journeys?${period}${page === undefined ? '' : `&page=${page}`}`)
      const { moves, visits } = body as JourneysAnswer
      const told = Object.fromEntries(
        moves.map(({ away, from, to, visits }) => [JSON.stringify([away, from, to]), visits]),
      )
      expect(told).toEqual(count(page))
      expect(moves.length).toBeGreaterThan(20)
      expect(visits).toBe(paths.filter((path) => page === undefined || path.includes(page)).length)
    },
  )

  it('of a page that nobody saw there are none, and what is no question is refused', async () => {
    expect((await get(`journeys?${period}&page=/nowhere`)).body).toEqual({ page: '/nowhere', visits: 0, moves: [] })
    expect((await get(`journeys?${period}&page=' OR 1=1`)).body.visits).toBe(0)
    expect(await get(`journeys?${period}&colour=red`)).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('colour') },
    })
  })
})

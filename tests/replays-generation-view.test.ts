/** The dashboard's figures as a generation has them, who may see replays, and how their pages look to everybody. */

import { describe, expect, it } from 'vitest'
import { findProblems } from './support/accessibility.ts'
import { bearer, now, visit } from './support/dashboard.ts'
import { eventually } from './support/eventually.ts'
import { anIdenticalReport, aReport } from './support/replay-report.ts'
import { app, button, create, dashboard, open, page, shows, textOf } from './support/replays-page.ts'

describe('the figures as a generation has them', () => {
  const at = Date.parse('2026-11-22T10:00Z')

  it('are asked for by every question of the page, say so, and lead back', async () => {
    for (const [generation, pageviews] of [
      ['live', 3],
      ['other', 5],
    ] as const)
      for (const granularity of ['hour', 'day'] as const)
        await dashboard.putCell({ site: 'shop', granularity, at, generation }, visit(1, pageviews))
    await create('other', {}, aReport('other', 'shop', ['2026-11-22']))
    await open('/replays/other')
    const link = page.getByRole('link', { name: 'Look at the dashboard with it' })
    await link.waitFor()
    // Not before: the page that signing in led to may still be asking.
    const asked: URL[] = []
    page.on('request', (request) => asked.push(new URL(request.url())))
    await link.click()
    await shows('As generation other')
    const pageviews = page.getByRole('button', { name: /^Page views/ })
    await eventually(async () => (await textOf(pageviews)).includes('5'))
    // All but notes, segments and goals, which people wrote, whatever the chart shows.
    const questions = asked.filter(({ pathname }) => /^\/api\/sites\/shop\/(?!notes|segments|goals$)/.test(pathname))
    expect(questions.map(({ pathname }) => pathname.split('/').at(-1))).toEqual(
      expect.arrayContaining(['live', 'summary', 'timeseries']),
    )
    for (const { searchParams } of questions) expect(searchParams.get('generation')).toBe('other')
    await page.getByRole('link', { name: 'As published', exact: true }).click()
    await eventually(async () => (await textOf(pageviews)).includes('3'))
    expect(page.url()).not.toContain('generation')
    await page.goBack()
    await shows('As generation other')
  })

  it('are none when there is no such generation', async () => {
    await open('/sites/shop?generation=nothing')
    await shows('There is no such generation, or nothing of it to look at.')
    await page.getByRole('link', { name: 'As published', exact: true }).click()
    await page.getByRole('button', { name: /^Page views/ }).waitFor()
  })
})

it('is for administrators: others are sent to sign in', async () => {
  for (const path of ['/replays', '/replays/any']) {
    const answer = await app.inject({ url: path })
    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/sign-in'])
    expect((await app.inject({ url: path, headers: bearer })).statusCode).toBe(200)
  }
})

describe.each(['light', 'dark'] as const)('in %s colours', (colorScheme) => {
  it.each([360, 768, 1440])('everything has a name, can be read and has room in %d pixels', async (width) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.setViewportSize({ width, height: 900 })
    await open('/replays')
    await shows('No replay yet')
    expect(await findProblems(page)).toEqual([])
    await button('Start a replay').click()
    await page.getByLabel('Some sites').check()
    await button('Start').click()
    await shows('Choose at least one site.')
    expect(await findProblems(page)).toEqual([])

    const days = ['2026-11-19', '2026-11-20', '2026-11-21', '2026-11-22']
    await create('2026-11-23-101500-ab12', { from: '2026-11-19' }, aReport('2026-11-23-101500-ab12', 'shop', days))
    await create('one-day', { state: 'requested', sites: ['shop'] }, aReport('one-day', 'shop', ['2026-11-22']))
    await create('same', {}, anIdenticalReport('same'))
    await create('failed', { state: 'failed', error: 'archive/2026/11/22/10/shardId-000000000000.parquet is missing' })
    await create('runs', { state: 'running', progress: { events: 1000, expectedEvents: 4000, at: now } })
    await open('/replays')
    await page.locator('[data-replay=runs]').waitFor()
    expect(await findProblems(page)).toEqual([])
    for (const id of ['2026-11-23-101500-ab12', 'one-day', 'same', 'failed', 'runs']) {
      await open(`/replays/${id}?dimension=page`)
      await button('Drop').waitFor()
      expect(await findProblems(page)).toEqual([])
    }
    await dashboard.putVisit('shop', now, 1, 2)
    await open('/sites/shop?generation=same')
    await shows('As generation same')
    await page.locator('.plot').waitFor()
    expect(await findProblems(page)).toEqual([])
  })
})

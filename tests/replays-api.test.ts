/** Replays on the dashboard: asked for, looked at, published and rolled back, while people read the figures. */
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { GenerationRecord } from '../consumers/replay/shapes/generations.ts'
import { createDashboard } from '../dashboard/server.ts'
import { createReportStore } from '../dashboard/store/reports.ts'
import { createS3Client } from '../dashboard/store/store.ts'
import { bearer, now, startDashboard, type TestDashboard, visit } from './support/dashboard.ts'
import { eventually } from './support/eventually.ts'
import { startStores } from './support/stores.ts'

let dashboard: TestDashboard

beforeAll(async () => {
  dashboard = await startDashboard()
})
afterAll(() => dashboard.close())

const hourMs = 3_600_000
const today = Date.parse('2026-11-23')
const yesterday = today - 24 * hourMs

function aGeneration(id: string, different: Partial<GenerationRecord> = {}): GenerationRecord {
  const days = { from: '2026-11-22', to: '2026-11-23', segments: ['2026-11-22', '2026-11-23'] }
  return { id, revision: 1, state: 'ready', sites: 'all', ...days, source: 'archive', requestedAt: now, ...different }
}

const create = (record: GenerationRecord) => dashboard.options.store.generations.create(record)

async function post(url: string, payload?: object): Promise<{ status: number; body: ReturnType<typeof JSON.parse> }> {
  const answer = await dashboard.inject({ method: 'POST', url, headers: bearer, ...(payload && { payload }) })
  return { status: answer.statusCode, body: answer.json() }
}

/** Visits of two days by the hour, in one generation. */
async function putDays(site: string, generation: string, pageviews: number): Promise<void> {
  for (let hour = 0; hour < 34; hour++) {
    const at = yesterday + hour * hourMs
    for (const shardId of ['shardId-0', 'shardId-1']) {
      await dashboard.putCell({ site, granularity: 'hour', at, shardId, generation }, visit(hour, pageviews))
      await dashboard.putCell({ site, granularity: 'day', at, shardId, generation }, visit(hour, pageviews))
    }
  }
}

describe('a replay', () => {
  it('is asked for, and waits for a worker', async () => {
    await dashboard.createSite('shop')
    const asked = await post('/api/replays', { sites: ['shop'], from: '2026-11-01', to: '2026-11-23', rules: 'a1b2' })
    expect(asked).toMatchObject({
      status: 201,
      body: { state: 'requested', sites: ['shop'], source: 'auto', rules: 'a1b2', segments: [], publishedAt: null },
    })
    const { id } = asked.body
    expect((await dashboard.get('/api/replays')).body.replays).toContainEqual(asked.body)
    expect(await dashboard.get(`/api/replays/${id}`)).toEqual({ status: 200, body: { ...asked.body, report: null } })
    expect(await post(`/api/replays/${id}/publish`)).toMatchObject({ status: 409, body: { code: 'replay_not_ready' } })
    const claimed = await dashboard.options.store.generations.change(id, 'claim', { segments: ['2026-11-01'] })
    expect(claimed.outcome).toBe('changed')
  })

  it.each([
    [{ from: '2026-11-02', to: '2026-11-01' }],
    [{ from: '2026-11-31', to: '2026-12-01' }],
    [{ from: '2026-11-01', to: '2026-11-24' }],
    [{ from: '2001-11-01', to: '2026-11-23' }],
    [{ sites: ['nobody'], from: '2026-11-01', to: '2026-11-02' }],
    [{ sites: [], from: '2026-11-01', to: '2026-11-02' }],
    [{ from: '2026-11-01' }],
  ])('is refused for %j', async (payload) => {
    expect(await post('/api/replays', payload)).toMatchObject({ status: 400, body: { code: 'bad_body' } })
  })

  it('is refused by the name of what is misspelt: all sites would be replayed', async () => {
    const before = await dashboard.get('/api/replays')
    const asked = await post('/api/replays', { site: ['shop'], from: '2026-11-01', to: '2026-11-02' })
    expect(asked).toEqual({ status: 400, body: { code: 'bad_body', message: "body must not have 'site'" } })
    expect(await dashboard.get('/api/replays')).toEqual(before)
  })

  it('that is not there is not found', async () => {
    for (const id of ['nothing', 'live', 'A%23b'])
      for (const act of ['publish', 'rollback', 'drop'])
        expect(await post(`/api/replays/${id}/${act}`)).toMatchObject({
          status: 404,
          body: { code: 'unknown_generation' },
        })
    expect((await dashboard.get('/api/replays/nothing')).status).toBe(404)
  })

  it('counts in its sites and segments once it is published, and no more when it is rolled back', async () => {
    for (const site of ['one', 'other']) {
      await dashboard.createSite(site)
      await putDays(site, 'live', 1)
      await putDays(site, 'partial', 3)
    }
    await create(aGeneration('partial', { sites: ['one'], segments: ['2026-11-22'] }))
    const figures = async (site: string, query = '') =>
      (await dashboard.get(`/api/sites/${site}/summary?from=2026-11-22&to=2026-11-23${query}`)).body.pageviews
    expect(await figures('one')).toBe(68)
    expect(await figures('one', '&generation=partial')).toBe(24 * 6 + 20)
    expect(await figures('other', '&generation=partial')).toBe(68)

    const published = await post('/api/replays/partial/publish')
    expect(published).toMatchObject({ status: 200, body: { state: 'ready', publishedAt: '2026-11-23T10:20:30.000Z' } })
    expect(await post('/api/replays/partial/publish')).toEqual(published)
    expect([await figures('one'), await figures('other')]).toEqual([24 * 6 + 20, 68])
    expect(await post('/api/replays/partial/drop')).toMatchObject({
      status: 409,
      body: { code: 'replay_is_published' },
    })

    expect(await post('/api/replays/partial/rollback')).toMatchObject({ status: 200, body: { publishedAt: null } })
    expect(await post('/api/replays/partial/rollback')).toMatchObject({ status: 409 })
    expect([await figures('one'), await figures('other')]).toEqual([68, 68])
    expect(await post('/api/replays/partial/drop')).toMatchObject({ status: 409, body: { code: 'replay_in_use' } })
  })

  it('is dropped with its cells, and with no others', async () => {
    await dashboard.createSite('dropped')
    await putDays('dropped', 'live', 1)
    await putDays('dropped', 'gone', 3)
    await create(aGeneration('gone', { sites: ['dropped'] }))
    const later = await createDashboard({ ...dashboard.options, now: () => now + 60_000 })
    const answer = await later.inject({ method: 'POST', url: '/api/replays/gone/drop', headers: bearer })
    expect([answer.statusCode, answer.json().state]).toEqual([200, 'dropped'])
    const asked = await dashboard.get('/api/sites/dropped/summary?from=2026-11-22&generation=gone')
    expect(asked).toMatchObject({ status: 404, body: { code: 'unknown_generation' } })
    expect((await dashboard.get('/api/sites/dropped/summary?from=2026-11-22')).body.pageviews).toBe(68)
    const left = await dashboard.options.store.cells.read(
      'dropped',
      [{ granularity: 'hour', from: yesterday, to: today + 24 * hourMs }],
      { version: 'of the dropped', generationOf: () => 'gone' },
      ['d', 'p'],
    )
    expect(left).toEqual([])
    await later.close()
  })
})

describe('publishing under fifty readers', () => {
  const site = 'busy'
  const period = 'from=2026-11-22&to=2026-11-23'
  const questions = [
    `summary?${period}`,
    `timeseries?${period}`,
    `breakdown/page?${period}`,
    `breakdown/referrer?${period}`,
  ]

  it('shows each of them the old figures or the new, whole, in answers and in live streams', async () => {
    await dashboard.createSite(site)
    await putDays(site, 'live', 1)
    await putDays(site, 'better', 3)
    await create(aGeneration('better', { sites: [site] }))
    let reading = true
    const app = await createDashboard(dashboard.options)
    onTestFinished(() => {
      reading = false
      return app.close()
    })
    const address = await app.listen({ host: '127.0.0.1', port: 0 })
    const ask = async (question: string) =>
      (await fetch(`${address}/api/sites/${site}/${question}`, { headers: bearer })).text()
    const old = await Promise.all(questions.map(ask))
    const better = await Promise.all(questions.map((question) => ask(`${question}&generation=better`)))
    for (const [i, answer] of old.entries()) expect(answer).not.toBe(better[i])

    const seen = { old: 0, better: 0, other: [] as string[] }
    const readers = Array.from({ length: 50 }, async (_, reader) => {
      for (let i = reader; reading; i++) {
        const which = i % questions.length
        const answer = await ask(questions[which] as string)
        if (answer === old[which]) seen.old++
        else if (answer === better[which]) seen.better++
        else seen.other.push(answer)
      }
    })
    const stream = await fetch(`${address}/api/sites/${site}/live?${period}`, { headers: bearer })
    const live = watchLive(stream)
    // The figures that it begins with are no report of a change.
    await eventually(() => live.pairs.length > 0)

    for (let round = 0; round < 6; round++) {
      for (const [act, wanted] of [
        ['publish', 'better'],
        ['rollback', 'old'],
      ] as const) {
        const before = seen[wanted]
        const reports = live.pairs.length
        const answer = await fetch(`${address}/api/replays/better/${act}`, { method: 'POST', headers: bearer })
        expect(answer.status).toBe(200)
        await eventually(() => seen[wanted] > before + 50)
        if (round < 2) await eventually(() => live.pairs.length > reports)
      }
    }
    reading = false
    await Promise.all(readers)
    expect(seen.other).toEqual([])
    expect(live.pairs.length).toBeGreaterThanOrEqual(4)
    for (const { summary, page, referrer } of live.pairs) {
      expect([68, 204]).toContain(summary)
      expect([page, referrer]).toEqual([summary, summary])
    }
  }, 60_000)
})

type Pair = { summary: number; page: number; referrer: number }

/** Page views as one report of the live stream tells them, by its summary and by its breakdowns. */
function watchLive(response: Response): { pairs: Pair[] } {
  const pairs: Pair[] = []
  const read = async () => {
    let text = ''
    let open: Partial<Pair> = {}
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const blocks = (text + chunk).split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) {
        const [, name, json] = /^event: (\w+)\ndata: (.*)$/.exec(block) ?? []
        const data = JSON.parse(json ?? 'null')
        if (name === 'summary') open = { summary: data.pageviews }
        if (name === 'breakdown' && data.dimension === 'page') open.page = data.rows[0].pageviews
        if (name === 'breakdown' && data.dimension === 'referrer') open.referrer = data.rows[0].pageviews
        if (Object.keys(open).length === 3) pairs.push(open as Pair)
        if (Object.keys(open).length === 3) open = {}
      }
    }
  }
  void read()
  return { pairs }
}

describe('a report', () => {
  it('is passed on from the bucket as it is, and is null when it is gone', async () => {
    const stores = await startStores()
    const s3 = createS3Client()
    const bucket = stores.settings.RETRACE_BUCKET
    const reports = createReportStore(s3, bucket)
    const app = await createDashboard({ ...dashboard.options, store: { ...dashboard.options.store, reports } })
    const report = { v: 1, sites: [{ site: 'shop', days: [], deep: { 'a b': [null, 0.5] } }] }
    const Key = 'replays/told/report.json'
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: JSON.stringify(report) }))
    await create(aGeneration('told', { report: Key, counts: { events: 3, changed: 0, accepted: null } }))
    await create(aGeneration('lost', { report: 'replays/lost/report.json' }))
    const get = async (id: string) => (await app.inject({ url: `/api/replays/${id}`, headers: bearer })).json()
    expect(await get('told')).toMatchObject({ report, counts: { events: 3, changed: 0, accepted: null } })
    expect(await get('lost')).toMatchObject({ report: null })
    await app.close()
    s3.destroy()
    await stores.close()
  })
})

/** How far consumers are behind, as the dashboard tells it: judged from reports, one of which may be the last. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { judgeLags } from '../consumers/runtime/shapes/judged-lag.ts'
import type { Lag } from '../consumers/runtime/shapes/lag.ts'
import type { LedgerCounts } from '../consumers/runtime/shapes/ledger.ts'
import { bearer, now, startDashboard, type TestDashboard } from './support/dashboard.ts'

const shardId = 'shardId-000000000000'
const second = 1000
const minute = 60 * second

/** Of a runner that has handled everything and said so a moment ago. */
const aLag = (change: Partial<Lag> = {}): Lag => ({
  consumer: 'aggregator',
  shardId,
  reportedAt: now - second,
  reportsWithinMs: 30 * second,
  behindMs: 0,
  behindRecords: 0,
  windowMs: 400,
  position: '49590338271490256608559692538361571095921575989136588898',
  arrivedAt: now - 3 * second,
  handledAt: now - 2 * second,
  activeSince: now - 100 * minute,
  handledRecords: 20,
  ...change,
})
/** Of a function, which reports with its batches alone. */
const ofLambda = (change: Partial<Lag> = {}) => aLag({ reportsWithinMs: undefined, ...change })
const judged = (...lags: Lag[]) => judgeLags(lags, now)

describe('a runner', () => {
  it('is fine while it is not further behind than it gathers on purpose, and a little', () => {
    expect(judged(aLag())).toMatchObject([{ state: 'fine', behindSeconds: 0, behindRecords: 0, silentSeconds: 0 }])
    const archiver = { windowMs: 15 * second, behindRecords: 40 }
    expect(judged(aLag({ ...archiver, behindMs: 20 * second }))).toMatchObject([{ state: 'fine', behindRecords: 40 }])
    expect(judged(aLag({ ...archiver, behindMs: 26 * second }))).toMatchObject([{ state: 'behind', behindSeconds: 26 }])
  })

  it('that has nothing to do may be quiet until its next report is due twice over', () => {
    expect(judged(aLag({ reportedAt: now - 59 * second }))).toMatchObject([{ state: 'fine', behindSeconds: 0 }])
    expect(judged(aLag({ reportedAt: now - 61 * second }))).toMatchObject([
      { state: 'silent', behindSeconds: 61, silentSeconds: 61, behindRecords: null },
    ])
  })

  it('that is dead falls further behind all the time, whatever it said last', () => {
    const dead = aLag({ reportedAt: now - 60 * minute, behindMs: 2 * second })
    expect(judged(dead)).toMatchObject([{ state: 'silent', behindSeconds: 3602, silentSeconds: 3600 }])
    expect(judgeLags([dead], now + minute)).toMatchObject([{ behindSeconds: 3662, silentSeconds: 3660 }])
  })

  it('that hangs at its work falls behind before it is silent', () => {
    const hanging = aLag({ reportedAt: now - 20 * second, behindMs: second, behindRecords: 5 })
    expect(judged(hanging)).toMatchObject([{ state: 'behind', behindSeconds: 21, behindRecords: null }])
  })

  it('that said it was done falls behind once another consumer has handled a later record', () => {
    const archiver = aLag({ consumer: 'archiver' })
    const stopped = aLag({ reportedAt: now - 35 * second, arrivedAt: now - 40 * second })
    expect(judged(stopped)).toMatchObject([{ state: 'fine' }])
    expect(judged(stopped, archiver)).toMatchObject([
      { consumer: 'aggregator', state: 'behind', behindSeconds: 40, behindRecords: null },
      { consumer: 'archiver', state: 'fine' },
    ])
  })

  it('is not blamed for a record that came after a pause, before its next report is due', () => {
    const resting = aLag({ reportedAt: now - 29 * second, arrivedAt: now - 90 * minute })
    const archiver = aLag({ consumer: 'archiver', activeSince: now - 3 * second })
    expect(judged(resting, archiver)).toMatchObject([{ state: 'fine', behindSeconds: 0 }, { state: 'fine' }])
  })
})

describe('a function in Lambda', () => {
  const idle = { reportedAt: now - 90 * minute, arrivedAt: now - 91 * minute, behindMs: 700 }

  it('sleeps as long as there is nothing that anybody has handled and it has not', () => {
    expect(judged(ofLambda(idle), ofLambda({ ...idle, consumer: 'archiver' }))).toMatchObject([
      { state: 'fine', behindSeconds: 0.7, silentSeconds: 0 },
      { state: 'fine', behindSeconds: 0.7, silentSeconds: 0 },
    ])
  })

  it('is silent when others have long gone on', () => {
    const later = { ...idle, arrivedAt: idle.arrivedAt + second }
    expect(judged(ofLambda(idle), ofLambda({ ...later, consumer: 'archiver' }))).toMatchObject([
      { consumer: 'aggregator', state: 'silent', silentSeconds: 5400, behindSeconds: 5460 },
      { consumer: 'archiver', state: 'fine' },
    ])
  })

  it('has its time for a record that came after a pause', () => {
    const woken = ofLambda({ consumer: 'archiver', activeSince: now - 100 * second, arrivedAt: now - second })
    const [aggregator] = judged(ofLambda({ ...idle, windowMs: 120 * second }), woken)
    expect(aggregator).toMatchObject({ state: 'fine', behindSeconds: 100, behindRecords: null })
    expect(judgeLags([ofLambda(idle), woken], now + 11 * minute)[0]).toMatchObject({ state: 'silent' })
  })

  it('is not held against what happened in another shard', () => {
    const elsewhere = ofLambda({ shardId: 'shardId-000000000001', consumer: 'archiver' })
    expect(judged(ofLambda(idle), elsewhere)).toMatchObject([{ state: 'fine' }, { state: 'fine' }])
  })
})

describe('the API', () => {
  let dashboard: TestDashboard
  const noEvents = {
    from: '2026-11-23T09:15:00.000Z',
    to: '2026-11-23T10:15:00.000Z',
    ...{ accepted: 0, aggregated: 0, duplicate: 0, filtered: 0, quarantined: 0, archived: 0 },
  }

  beforeAll(async () => {
    dashboard = await startDashboard()
  })
  afterAll(() => dashboard.close())

  it('has nothing to tell before a consumer has reported', async () => {
    expect(await dashboard.get('/api/pipeline')).toEqual({
      status: 200,
      // Its bucket cannot be reached, which takes nothing else away.
      body: {
        at: new Date(now).toISOString(),
        lag: [],
        ledger: { ...noEvents, balanced: true },
        overflow: null,
        quarantine: null,
      },
    })
  })

  it('adds up what became of the events of the hour that all have handled', async () => {
    const put = async (minutesAgo: number, shard: number, counts: Partial<LedgerCounts>) => {
      const key = { shardId: `shardId-00000000000${shard}`, minute: now - (now % minute) - minutesAgo * minute }
      const { archived, ...others } = counts
      await dashboard.putLedger({ ...key, consumer: 'aggregator' }, others)
      await dashboard.putLedger(
        { ...key, consumer: 'archiver' },
        { accepted: counts.accepted ?? 0, archived: archived ?? 0 },
      )
    }
    await put(6, 0, { accepted: 10, aggregated: 7, duplicate: 2, filtered: 1, archived: 10 })
    await put(65, 1, { accepted: 5, aggregated: 5, archived: 5 })
    // Before and after that hour.
    await put(66, 0, { accepted: 100 })
    await put(5, 0, { accepted: 100 })
    const ledger = async () => (await dashboard.get('/api/pipeline')).body.ledger
    const figures = { accepted: 15, aggregated: 12, duplicate: 2, filtered: 1, quarantined: 0, archived: 15 }
    expect(await ledger()).toEqual({ ...noEvents, ...figures, balanced: true })

    await put(7, 0, { accepted: 3, aggregated: 3, archived: 2 })
    expect(await ledger()).toMatchObject({ accepted: 18, archived: 17, balanced: false })
    await put(7, 0, { accepted: 3, aggregated: 2, archived: 3 })
    expect(await ledger()).toMatchObject({ accepted: 18, aggregated: 14, balanced: false })
  })

  it('tells people and Prometheus the same, by consumer and shard', async () => {
    const unread = { position: undefined, arrivedAt: undefined, handledAt: undefined, handledRecords: 0 }
    await dashboard.putLag(aLag({ ...unread, shardId: 'shardId-000000000001' }))
    await dashboard.putLag(aLag({ consumer: 'archiver', reportedAt: now - 2 * minute }))
    await dashboard.putLag(aLag({ behindMs: 300, behindRecords: 2 }))

    const { body } = await dashboard.get('/api/pipeline')
    expect(body.lag).toHaveLength(3)
    expect(body.lag[0]).toEqual({
      consumer: 'aggregator',
      shard: shardId,
      state: 'fine',
      behindSeconds: 0.3,
      behindRecords: 2,
      windowSeconds: 0.4,
      position: '49590338271490256608559692538361571095921575989136588898',
      arrivedAt: '2026-11-23T10:20:27.000Z',
      handledAt: '2026-11-23T10:20:28.000Z',
      handledRecords: 20,
      reportedAt: '2026-11-23T10:20:29.000Z',
      silentSeconds: 0,
    })
    expect(body.lag[1]).toMatchObject({ shard: 'shardId-000000000001', position: null, arrivedAt: null })
    expect(body.lag[2]).toMatchObject({ consumer: 'archiver', state: 'silent', silentSeconds: 120 })

    const metrics = await dashboard.inject({ url: '/metrics', headers: bearer })
    expect(metrics.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8')
    const samples = metrics.body.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
    const labels = (consumer: string, shard = shardId) => `{consumer="${consumer}",shard="${shard}"}`
    expect(samples).toContain(`retrace_consumer_lag_seconds${labels('aggregator')} 0.3`)
    expect(samples).toContain(`retrace_consumer_lag_records${labels('aggregator')} 2`)
    expect(samples).toContain(`retrace_consumer_lag_seconds${labels('archiver')} 120`)
    expect(samples).toContain(`retrace_consumer_silent_seconds${labels('archiver')} 120`)
    expect(samples).toContain(`retrace_consumer_silent_seconds${labels('aggregator', 'shardId-000000000001')} 0`)
    expect(metrics.body).not.toContain(`retrace_consumer_lag_records${labels('archiver')}`)
    expect(metrics.body).not.toContain('null')
    // A line is a name, labels that say which, and a number; every family is announced once.
    for (const sample of samples)
      expect(sample).toMatch(/^retrace_consumer_\w+\{consumer="[\w-]+",shard="[\w-]+"\} [\d.]+$/)
    expect(metrics.body.match(/^# TYPE retrace_consumer_lag_seconds gauge$/gm)).toHaveLength(1)
  })
})

/** What owners want told, and when: severity, duration, pauses and quiet hours, over real tables and a clock of the test. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type AlertRules, quietUntil, usualRules } from '../consumers/anomaly-detector/shapes/alert-rules.ts'
import { readDeliveries } from '../consumers/anomaly-detector/shapes/read-deliveries.ts'
import { alertingOver, type ToldIncident } from './support/alerting.ts'
import { bearer, now as dashboardNow, startDashboard, type TestDashboard } from './support/dashboard.ts'
import { anIncident } from './support/incidents.ts'
import { bodiesOf, headersOf, type MailServer, startMailServer } from './support/mail-server.ts'
import { type Receiver, startReceiver } from './support/receiver.ts'

const minuteMs = 60_000
const hourMs = 3_600_000
/** 23:30 in Berlin, in winter. */
const night = Date.parse('2026-11-23T22:30:00Z')
const morning = Date.parse('2026-11-24T06:00:00Z')

let dashboard: TestDashboard
let receiver: Receiver
let mails: MailServer
let site: string
let count = 0
let now: number

beforeAll(async () => {
  dashboard = await startDashboard()
  receiver = await startReceiver()
  mails = await startMailServer()
})
afterAll(async () => {
  await dashboard.close()
  await receiver.close()
  await mails.close()
})
beforeEach(async () => {
  site = `site-${++count}`
  await dashboard.createSite(site, 'Europe/Berlin')
  await post('channels', { url: receiver.url })
  receiver.received.length = 0
  mails.received.length = 0
  now = night
})

const post = (what: string, payload: object) =>
  dashboard.inject({ method: 'POST', url: `/api/sites/${site}/${what}`, headers: bearer, payload })
const alerting = () => alertingOver({ client: dashboard.client, now: () => now })
const round = () => alerting().deliverer(site, { mailer: mails.mailer }).round()
const tell = (...told: ToldIncident[]) => alerting().tell(site, ...told)
const events = () =>
  receiver.received.map(({ body }) => {
    const { event, incident } = JSON.parse(body)
    return `${event} ${incident.severity} ${incident.at.slice(11, 16)}`
  })

async function choose(different: Partial<AlertRules>): Promise<void> {
  expect((await post('alert-rules', { ...usualRules, ...different })).statusCode).toBe(200)
}

type Different = Parameters<typeof anIncident>[0]
/** As it was when a minute was judged, so many minutes after it began. */
const going = (minutes: number, different: Different = {}): ToldIncident => {
  const incident = anIncident({ site, at: night, severity: 'notice', ...different })
  return { event: 'opened', incident, until: incident.at + minutes * minuteMs }
}
const over = (minutes: number, different: Different = {}): ToldIncident => {
  const { incident } = going(minutes, different)
  return { event: 'ended', incident: { ...incident, end: incident.at + minutes * minuteMs } }
}

describe('incidents', () => {
  it('that are not severe enough are told when they become so, and their end with them; others never', async () => {
    await choose({ minimumSeverity: 'warning' })
    const mild = { at: night + hourMs }
    expect((await tell(going(2), going(3, { severity: 'warning' }))).size).toBe(1)
    expect((await tell(going(2, mild), over(9, mild))).size).toBe(0)
    await tell(over(9, { severity: 'warning' }))
    await round()
    expect(events()).toEqual(['opened warning 22:30', 'ended warning 22:30'])
  })

  it('that are short are not told, long ones once they have lasted', async () => {
    await choose({ minimumMinutes: 10 })
    const long = { at: night + hourMs }
    expect((await tell(going(2), going(9))).size).toBe(0)
    await tell(over(9))
    expect((await tell(going(9, long))).size).toBe(0)
    expect((await tell(going(10, long))).size).toBe(1)
    await tell(over(12, long))
    await round()
    expect(events()).toEqual(['opened notice 23:30', 'ended notice 23:30'])
  })

  it('soon after another of the same series are not told, of another series they are', async () => {
    await choose({ coolDownMinutes: 60 })
    const series = { metric: 'errors' } as const
    const all = [
      ...[going(2), over(5)],
      ...[going(2, { at: night + 30 * minuteMs }), over(5, { at: night + 30 * minuteMs })],
      ...[going(2, { at: night + 40 * minuteMs, series }), over(5, { at: night + 40 * minuteMs, series })],
      ...[going(2, { at: night + 60 * minuteMs }), over(5, { at: night + 60 * minuteMs })],
      ...[going(2, { at: night + 119 * minuteMs }), over(5, { at: night + 119 * minuteMs })],
    ]
    const expected = ['22:30', '23:10', '23:30'].flatMap((at) => [`opened notice ${at}`, `ended notice ${at}`])
    // A judge that dies begins at its last snapshot again, and comes to the same.
    for (const upTo of [3, 7, 2, all.length, all.length]) {
      for (const each of all.slice(0, upTo)) await tell(each)
      while ((await round()).delivered > 0);
    }
    expect(events().sort()).toEqual(expected.sort())
  })
})

describe('quiet hours', () => {
  const quiet = { from: '22:00', to: '07:00', timeZone: null, criticalPasses: true }

  it('keep everything until they are over, and lose nothing', async () => {
    await choose({ quiet })
    await tell(going(2), over(9))
    for (; now < morning; now += 17 * minuteMs) expect(await round()).toMatchObject({ delivered: 0, failed: 0 })
    now = morning - 1
    await round()
    expect(receiver.received).toEqual([])
    now = morning
    expect(await round()).toMatchObject({ delivered: 2 })
    expect(events()).toEqual(['opened notice 22:30', 'ended notice 22:30'])
  })

  it('let critical ones pass where that is wanted, those too that become critical later', async () => {
    await choose({ quiet })
    await tell(going(2), going(2, { at: night + minuteMs, severity: 'critical' }))
    await round()
    expect(events()).toEqual(['opened critical 22:31'])
    await dashboard.putIncident(anIncident({ site, at: night, end: undefined, severity: 'critical' }))
    await round()
    expect(events()).toHaveLength(2)
    receiver.received.length = 0

    await choose({ quiet: { ...quiet, criticalPasses: false } })
    await tell(going(2, { at: night + 2 * minuteMs, severity: 'critical' }))
    await round()
    expect(events()).toEqual([])
  })

  it('do not keep back what somebody asks for: an example, or the question to an address', async () => {
    await choose({ quiet })
    const [{ id }] = (await dashboard.get(`/api/sites/${site}/channels`)).body.channels
    await post(`channels/${id}/test`, {})
    await post('channels', { email: 'ada@example.org' })
    expect(await round()).toMatchObject({ delivered: 2 })
  })

  it('end in one mail about what began and ended in them', async () => {
    await post('channels', { email: 'ada@example.org' })
    await round()
    const [link = ''] = /http\S+confirm\S+/.exec(mails.received[0] ? bodiesOf(mails.received[0]).text : '') ?? []
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    await dashboard.inject({ method: 'POST', url: new URL(link).pathname, headers, payload: '' })
    mails.received.length = 0
    await choose({ quiet })
    await tell(going(2), over(9), going(2, { at: night + hourMs }))
    now = morning
    await round()
    expect(mails.received.map((mail) => headersOf(mail).get('subject'))).toEqual([
      `[${site}] Clicks far above normal`,
      `Over: [${site}] Clicks far above normal`,
    ])
    const told = await readDeliveries(dashboard.client, 'retrace-incidents', site, now)
    expect(told.filter(({ state }) => state === 'superseded')).toHaveLength(1)
    expect(told.filter(({ state }) => state === 'waiting')).toEqual([])
  })

  it('are named where owners look what became of it', async () => {
    now = dashboardNow
    await choose({ quiet: { ...quiet, from: '11:00', to: '12:15' } })
    await tell(going(2, { at: now }))
    await round()
    const [{ deliveries }] = (await dashboard.get(`/api/sites/${site}/channels`)).body.channels
    expect(deliveries).toMatchObject([{ state: 'waiting', attempts: 0, nextAt: '2026-11-23T11:15:00.000Z' }])
  })

  it('go by clocks of their zone, over midnight and when clocks change', () => {
    const until = (at: string, timeZone: string | null = null, from = '22:00', to = '07:00') => {
      const rules = { ...usualRules, quiet: { from, to, timeZone, criticalPasses: true } }
      const end = quietUntil(rules, Date.parse(at), 'Europe/Berlin')
      return end === undefined ? undefined : new Date(end).toISOString().slice(0, 16)
    }
    expect(until('2026-11-23T20:59Z')).toBeUndefined()
    expect(until('2026-11-23T21:00Z')).toBe('2026-11-24T06:00')
    expect(until('2026-11-24T05:59:59Z')).toBe('2026-11-24T06:00')
    expect(until('2026-11-24T06:00Z')).toBeUndefined()
    expect(until('2026-11-24T06:00Z', 'America/New_York')).toBe('2026-11-24T12:00')
    expect(until('2026-11-24T12:30Z', null, '13:00', '14:00')).toBe('2026-11-24T13:00')
    // The nights in which clocks go back, and forward: an hour longer, and shorter.
    expect(until('2026-10-24T20:30Z')).toBe('2026-10-25T06:00')
    expect(until('2026-03-28T21:30Z')).toBe('2026-03-29T05:00')
    // A time that does not come that night.
    expect(until('2026-03-29T00:30Z', null, '01:00', '02:30')).toBe('2026-03-29T01:00')
    // All but a minute of the day.
    expect(until('2026-11-24T12:00Z', null, '00:00', '23:59')).toBe('2026-11-24T22:59')
  })
})

it('rules that make no sense are refused by name', async () => {
  const refused = async (different: object) => (await post('alert-rules', { ...usualRules, ...different })).json()
  const quiet = { from: '22:00', to: '07:00', timeZone: null, criticalPasses: true }
  for (const [different, name] of [
    [{ minimumMinutes: -1 }, 'minimumMinutes'],
    [{ minimumMinutes: 1.5 }, 'minimumMinutes'],
    [{ coolDownMinutes: 10_081 }, 'coolDownMinutes'],
    [{ minimumSeverity: 'loud' }, 'minimumSeverity'],
    [{ quiet: { ...quiet, from: '24:00' } }, 'quiet'],
    [{ quiet: { ...quiet, to: '22:00' } }, 'quiet.to'],
    [{ quiet: { ...quiet, timeZone: 'Mars/Olympus' } }, 'quiet.timeZone'],
    [{ sometimes: true }, 'sometimes'],
  ] as const)
    expect(await refused(different), name).toMatchObject({ code: 'bad_body', message: expect.stringContaining(name) })
  expect((await dashboard.get(`/api/sites/${site}/alert-rules`)).body).toEqual(usualRules)
})

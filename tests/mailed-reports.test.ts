/** Reports of weeks and months by e-mail: the dashboard's own figures, once a period and address, through a real SMTP server. */
import { inflateSync } from 'node:zlib'
import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Channel, channelToItem, readChannels } from '../consumers/anomaly-detector/shapes/channel.ts'
import { post } from '../consumers/anomaly-detector/shapes/post.ts'
import type { ChannelAnswer } from '../dashboard/anomaly-answers.ts'
import { composeContents } from '../dashboard/mailed-reports/compose.ts'
import { lastPeriod } from '../dashboard/mailed-reports/periods.ts'
import { barChart } from '../dashboard/mailed-reports/picture.ts'
import { createSentReports, type SentReports } from '../dashboard/mailed-reports/report-store.ts'
import { createReporter } from '../dashboard/mailed-reports/reporter.ts'
import { bearer, startDashboard, type TestDashboard } from './support/dashboard.ts'
import { anIncident } from './support/incidents.ts'
import { bodiesOf, headersOf, type MailServer, startMailServer } from './support/mail-server.ts'
import { isSigned, startReceiver } from './support/receiver.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** Monday, seven in the morning in Berlin. */
const monday = Date.parse('2026-11-23T06:00:00Z')
let dashboard: TestDashboard
let mails: MailServer
let site: string
let count = 0
let now: number

beforeAll(async () => {
  dashboard = await startDashboard()
})
afterAll(() => dashboard.close())
beforeEach(async () => {
  mails = await startMailServer()
  now = monday
  site = `site-${++count}`
  await dashboard.createSite(site, 'Europe/Berlin')
})
afterEach(() => mails.close())

async function subscribe({
  isConfirmed = true,
  ...different
}: Partial<Channel> & { isConfirmed?: boolean } = {}): Promise<void> {
  const made = { secret: 'secret', dashboard: 'https://retrace.example.org', createdBy: 'ada@example.org' }
  const createdAt = monday - 90 * dayMs
  const Item = channelToItem({
    site,
    id: 'one',
    type: 'email',
    target: 'ada@example.org',
    gets: ['weekly'],
    ...made,
    createdAt,
    ...(isConfirmed && { confirmedAt: createdAt }),
    ...different,
  })
  await dashboard.client.send(new PutItemCommand({ TableName: 'retrace-control', Item }))
}

const store = () => createSentReports(dashboard.client, 'retrace-incidents')
const reporter = (sent: SentReports = store()) =>
  createReporter({
    channels: () => readChannels(dashboard.client, 'retrace-control', site),
    ...composeContents(dashboard.client, 'retrace-', () => now),
    sent,
    mailer: mails.mailer,
    post: (url, headers, body) => post(url, headers, body, { allowLoopback: true, timeoutMs: 2000 }),
    now: () => now,
  })
const ids = () => mails.received.map((mail) => headersOf(mail).get('message-id'))

describe('a report', () => {
  it('says what the dashboard does of the week, against the week before, and leads there', async () => {
    await subscribe()
    for (let day = 0; day < 7; day += 1)
      for (let visitor = 0; visitor <= day; visitor += 1)
        await dashboard.putVisit(site, monday - (7 - day) * dayMs + 4 * hourMs, 100 * day + visitor, 2)
    for (let visitor = 0; visitor < 14; visitor += 1)
      await dashboard.putVisit(site, monday - 9 * dayMs, 5000 + visitor, 1)
    // Days of the site, not of UTC: the first hour of the week in Berlin, and one just after its end.
    await dashboard.putVisit(site, Date.parse('2026-11-15T23:30Z'), 9000, 1)
    await dashboard.putVisit(site, Date.parse('2026-11-22T23:30Z'), 9001, 1)
    await dashboard.putIncident(anIncident({ site, at: monday - 2 * dayMs }))
    await dashboard.putIncident(anIncident({ site, at: monday - 9 * dayMs, series: { metric: 'errors' } }))

    expect(await reporter().round()).toEqual({ sent: 1, failed: 0, faults: [] })
    const [mail] = mails.received
    if (!mail) throw new Error('nothing came')
    const { text, html } = bodiesOf(mail)
    const period = 'from=2026-11-16&to=2026-11-22'
    const { body: figures } = await dashboard.get(`/api/sites/${site}/summary?${period}`)
    expect(figures).toMatchObject({ visitors: 29, pageviews: 57 })
    expect(headersOf(mail).get('subject')).toMatch(new RegExp(`^\\[${site}\\] Week of ${site}: 16.22 Nov 2026$`))
    expect(text).toContain(`Visitors: ${figures.visitors} (+107%)`)
    expect(text).toContain(`Page views: ${figures.pageviews} (+307%)`)
    expect(text).toContain(`Bounce rate: ${Math.round(figures.bounceRate * 100)}% (-97 points)`)
    expect(text).toContain(`Pages\n- /: ${figures.visitors}`)
    expect(text).toContain(`Sources\n- google.com: ${figures.visitors}`)
    expect(text).toContain('21 Nov 2026, 07:00: Clicks far above normal (critical)')
    expect(text).not.toContain('Errors far')
    expect(text).toContain(`https://retrace.example.org/sites/${site}?period=custom&${period}`)
    expect(html).toContain('alt="Visitors of each day: 2, 2, 3, 4, 5, 6, 7"')
    expect(html).toContain('src="cid:visitors"')
    expect(mail.source).toMatch(/Content-Type: image\/png[\s\S]*Content-Id: <visitors>/i)
    expect(headersOf(mail).get('content-type')).toContain('multipart/')
  })

  it('comes once, however many look and however often, and under one id where somebody died', async () => {
    await subscribe()
    await subscribe({ id: 'two', target: 'bob@example.org' })
    await Promise.all([1, 2, 3, 4].map(() => reporter().round()))
    await reporter().round()
    expect(mails.received.map(({ to }) => to[0]).sort()).toEqual(['ada@example.org', 'bob@example.org'])

    await subscribe({ id: 'three', target: 'eve@example.org' })
    const dying = { ...store(), settle: () => Promise.reject(new Error('killed')) }
    expect((await reporter(dying).round()).faults).toHaveLength(1)
    await reporter().round()
    expect(mails.received).toHaveLength(3)
    now += 2 * 60_000
    await reporter().round()
    now += 6 * dayMs
    await reporter().round()
    expect(mails.received).toHaveLength(4)
    expect(new Set(ids().slice(2)).size).toBe(1)
    now = monday + 7 * dayMs
    await reporter().round()
    expect(mails.received).toHaveLength(7)
    expect(new Set(ids()).size).toBe(6)
  })

  it('comes six hours after its period is over by the clocks of the site, and of no period before the yes', async () => {
    await subscribe()
    await subscribe({ id: 'late', confirmedAt: monday - 6 * hourMs })
    await subscribe({ id: 'no-yes', isConfirmed: false })
    now = monday - hourMs - 1
    expect(await reporter().round()).toMatchObject({ sent: 0 })
    now += 1
    expect(await reporter().round()).toMatchObject({ sent: 1 })
  })

  it('of a month comes where it is wanted; who wants incidents alone gets none', async () => {
    await subscribe({ gets: ['monthly', 'incidents'] })
    await subscribe({ id: 'two', gets: ['incidents'] })
    await reporter().round()
    expect(mails.received.map((mail) => headersOf(mail).get('subject'))).toEqual([
      expect.stringContaining(`Month of ${site}: 1`),
    ])
    expect(bodiesOf(mails.received[0] ?? { from: '', to: [], source: '' }).text).toContain(
      'from=2026-10-01&to=2026-10-31',
    )
  })

  it('that a mail server refuses is tried again, later each time, and given up', async () => {
    await subscribe()
    mails.refuse.mail = 451
    const pauses: number[] = []
    for (let last = now; now < monday + 30 * hourMs; now += 10 * 60_000)
      if ((await reporter().round()).failed > 0) {
        pauses.push((now - last) / 60_000)
        last = now
      }
    expect(pauses).toEqual([0, 10, 20, 40, 80, 160, 320, 640])
    expect(mails.received).toEqual([])
  })

  it('goes to a webhook as figures and as a page, signed, and again where that fails', async () => {
    const receiver = await startReceiver()
    await subscribe({ type: 'webhook', target: receiver.url })
    await dashboard.putVisit(site, monday - 2 * dayMs, 1, 3)
    receiver.answer = (response) => response.writeHead(500).end()
    expect(await reporter().round()).toMatchObject({ sent: 0, failed: 1 })
    receiver.answer = (response) => response.writeHead(204).end()
    now += 10 * 60_000
    expect(await reporter().round()).toMatchObject({ sent: 1 })
    await reporter().round()
    expect(receiver.received).toHaveLength(2)
    const [first, second] = receiver.received
    if (!first || !second) throw new Error('nothing came')
    expect(second.headers['retrace-id']).toBe(first.headers['retrace-id'])
    expect(isSigned(second, 'secret')).toBe(true)
    const { html, ...told } = JSON.parse(second.body)
    expect(told).toMatchObject({
      event: 'report',
      site,
      report: {
        kind: 'weekly',
        from: '2026-11-16',
        to: '2026-11-22',
        figures: { pageviews: 3 },
        before: { visitors: 0 },
      },
    })
    expect(html).toContain('src="data:image/png;base64,iVBORw0KGgo')
    expect(mails.received).toEqual([])
    await receiver.close()
  })

  it('ends with one click, as alerts do', async () => {
    await subscribe()
    await reporter().round()
    const [, leave = ''] =
      /^<(.*)>$/.exec((mails.received[0] && headersOf(mails.received[0]).get('list-unsubscribe')) ?? '') ?? []
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const payload = 'List-Unsubscribe=One-Click'
    await dashboard.inject({ method: 'POST', url: new URL(leave).pathname, headers, payload })
    now += 7 * dayMs
    expect(await reporter().round()).toMatchObject({ sent: 0 })
  })
})

it('periods are whole weeks and months of the site', () => {
  const days = (kind: 'weekly' | 'monthly', at: string, zone = 'UTC') => lastPeriod(kind, Date.parse(at), zone)
  expect(days('weekly', '2026-11-22T23:59Z').days).toEqual({ from: '2026-11-09', to: '2026-11-15' })
  expect(days('weekly', '2026-11-22T23:59Z', 'Europe/Berlin').days).toEqual({ from: '2026-11-16', to: '2026-11-22' })
  expect(days('weekly', '2027-01-06T00:00Z')).toMatchObject({
    days: { from: '2026-12-28', to: '2027-01-03' },
    before: { from: '2026-12-21', to: '2026-12-27' },
  })
  expect(days('monthly', '2026-03-31T12:00Z')).toMatchObject({
    days: { from: '2026-02-01', to: '2026-02-28' },
    before: { from: '2026-01-01', to: '2026-01-31' },
  })
  expect(days('monthly', '2026-12-31T23:30Z', 'Asia/Tokyo').days).toEqual({ from: '2026-12-01', to: '2026-12-31' })
})

it('the picture is a PNG whose bars are as high as what they stand for', () => {
  const png = barChart([0, 5, 10], [10, 0, 0])
  expect(png.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n')
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)]
  const at = png.indexOf('IDAT')
  const rows = inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)))
  expect(rows).toHaveLength((width + 1) * height)
  const blueIn = (slot: number) => {
    const x = Math.round(((slot + 0.6) * width) / 3)
    return Array.from({ length: height }, (_, y) => rows[y * (width + 1) + 1 + x]).filter((pixel) => pixel === 1).length
  }
  expect(blueIn(0)).toBe(0)
  expect(blueIn(2) / blueIn(1)).toBeCloseTo(2, 1)
  expect(png.length).toBeLessThan(4000)
})

it('what an address gets is chosen by owners, for webhooks and addresses', async () => {
  await subscribe()
  const choose = async (id: string, payload: object) => {
    const url = `/api/sites/${site}/channels/${id}/gets`
    return dashboard.inject({ method: 'POST', url, headers: bearer, payload })
  }
  const answer = await choose('one', { gets: ['weekly', 'incidents'] })
  expect(answer.json().channels.map(({ gets }: ChannelAnswer) => gets)).toEqual([['incidents', 'weekly']])
  for (const gets of [[], ['yearly'], ['weekly', 'weekly']])
    expect((await choose('one', { gets })).json().code, String(gets)).toBe('bad_body')
  const url = `/api/sites/${site}/channels`
  const webhook = await dashboard.inject({
    method: 'POST',
    url,
    headers: bearer,
    payload: { url: 'https://example.org/' },
  })
  expect((await choose(webhook.json().id, { gets: ['weekly'] })).statusCode).toBe(200)
  await subscribe({ id: 'topic', type: 'topic' })
  expect((await choose('topic', { gets: ['weekly'] })).json().code).toBe('bad_body')
  expect((await choose('none', { gets: ['weekly'] })).json().code).toBe('unknown_channel')
})

/** Incidents by e-mail: to addresses that said yes, in words, once under one Message-ID, through a real SMTP server. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readChannels } from '../consumers/anomaly-detector/shapes/channel.ts'
import { createMailer } from '../consumers/mail/shapes/mailer.ts'
import type { ChannelAnswer } from '../dashboard/anomaly-answers.ts'
import { createDashboard } from '../dashboard/server.ts'
import { readSettings } from '../stream/settings.ts'
import { alertingOver, type ToldIncident } from './support/alerting.ts'
import { bearer, now, startDashboard, type TestDashboard } from './support/dashboard.ts'
import { anIncident } from './support/incidents.ts'
import { bodiesOf, headersOf, type MailServer, startMailServer } from './support/mail-server.ts'

let dashboard: TestDashboard
let mails: MailServer
let site: string
let count = 0
/** What the clock of the deliverer shows. */
let later: number

beforeAll(async () => {
  dashboard = await startDashboard()
})
afterAll(() => dashboard.close())
beforeEach(async () => {
  mails = await startMailServer()
  later = now
  site = `site-${++count}`
  await dashboard.createSite(site, 'Europe/Berlin')
})
afterEach(() => mails.close())

const api = async (path: string, payload?: object) =>
  dashboard.inject({
    url: `/api/sites/${site}/channels${path}`,
    headers: bearer,
    ...(payload && { method: 'POST', payload }),
  })
const channels = (of?: string) => readChannels(dashboard.client, 'retrace-control', of)
const alerting = () => alertingOver({ client: dashboard.client, now: () => later })
const deliver = (mailer = mails.mailer) => alerting().deliverer(site, { mailer }).round()
const tell = (...told: ToldIncident[]) => alerting().tell(site, ...told)

/** The path that a mail leads to. */
function linkIn(mail: (typeof mails.received)[number] | undefined, kind: string): string {
  const [link] = new RegExp(`https?://\\S+/alerts/${kind}/\\S+`).exec(mail ? bodiesOf(mail).text : '') ?? []
  if (!link) throw new Error(`no link to ${kind}`)
  return new URL(link).pathname
}

/** Names an address, and says yes for it. */
async function subscribe(email = 'ada@example.org'): Promise<void> {
  const answer = await api('', { email })
  expect(answer.statusCode).toBe(201)
  await deliver()
  const url = linkIn(mails.received.at(-1), 'confirm')
  expect((await dashboard.inject({ method: 'POST', url, headers: form, payload: '' })).statusCode).toBe(200)
  mails.received.length = 0
}
/** What came of the last alert, not of the question. */
const latest = async () =>
  (await api('')).json().channels[0].deliveries.find(({ event }: { event: string }) => event !== 'confirm')
const form = { 'content-type': 'application/x-www-form-urlencoded' }
const at = now + 60_000
const opened = (different: Parameters<typeof anIncident>[0] = {}) =>
  ({ event: 'opened', incident: anIncident({ site, at, end: undefined, ...different }) }) as const

describe('an address', () => {
  it('gets nothing but one question before it has said yes, and opening the link is not saying so', async () => {
    const made = (await api('', { email: ' Ada@Example.org' })).json()
    expect(made).toMatchObject({ type: 'email', target: 'ada@example.org', confirmed: false, secret: null })
    await tell(opened())
    await deliver()
    expect(mails.received.map(({ to }) => to)).toEqual([['ada@example.org']])
    const [question] = mails.received
    expect(question && headersOf(question).get('subject')).toBe(`[${site}] Please confirm: alerts to this address`)
    const url = linkIn(question, 'confirm')
    expect((await dashboard.inject({ url })).statusCode).toBe(200)
    await tell(opened())
    expect(await deliver()).toMatchObject({ delivered: 0, failed: 0 })

    await dashboard.inject({ method: 'POST', url, headers: form, payload: '' })
    expect((await api('')).json().channels).toMatchObject([{ confirmed: true }])
    await tell(opened())
    await deliver()
    expect(mails.received).toHaveLength(2)
  })

  it('is told in words and figures when an incident opens and when it ends, the second in answer to the first', async () => {
    await subscribe()
    const incident = anIncident({ site, at, series: { metric: 'clicks', dimension: 'page', value: '/a&b<i>' } })
    await tell({ event: 'opened', incident })
    expect(await deliver()).toMatchObject({ delivered: 1, faults: [] })
    await tell({ event: 'ended', incident })
    expect(await deliver()).toMatchObject({ delivered: 1, faults: [] })
    const [first, second] = mails.received
    if (!first || !second) throw new Error('nothing came')
    const [one, two] = [headersOf(first), headersOf(second)]
    expect(one.get('from')).toBe('Retrace <retrace@example.org>')
    expect(one.get('subject')).toBe(`[${site}] Clicks of /a&b<i> far above normal`)
    expect(one.get('message-id')).toMatch(/^<[0-9a-f]{32}\.[\w-]{12}@example\.org>$/)
    expect(two.get('in-reply-to')).toBe(one.get('message-id'))
    expect(one.get('list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click')
    const { text, html } = bodiesOf(first)
    expect(text).toContain('Since: 23 Nov 2026, 11:21 CET')
    expect(text).toContain('At its peak: 90 in a minute')
    expect(text).toContain('Expected: 2 to 20 in a minute')
    expect(text).toContain('- Click target: Buy: 85, expected 4')
    expect(text).toContain(`/sites/${site}?period=custom&from=2026-11-23T10%3A00`)
    expect(html).toContain('Clicks of /a&#38;b&#60;i&#62; far above normal')
    expect(html).toContain('>Look at that time</a>')
    expect(bodiesOf(second).text).toContain('This is over.')
  })

  it('is told once, however often the judge finds the same and whoever dies, under one Message-ID', async () => {
    await subscribe()
    await tell(opened())
    const dying = { ...alerting().deliveries, settle: () => Promise.reject(new Error('killed')) }
    await alerting().deliverer(site, { mailer: mails.mailer, deliveries: dying }).round()
    await tell(opened())
    await deliver()
    expect(mails.received).toHaveLength(1)
    later += 60_000
    await deliver()
    await tell(opened())
    later += 60_000
    await deliver()
    expect(mails.received).toHaveLength(2)
    expect(new Set(mails.received.map((mail) => headersOf(mail).get('message-id'))).size).toBe(1)
  })

  it('is told nothing more after one POST that its mail program makes by itself, with no cookie and no origin', async () => {
    await subscribe()
    await tell(opened())
    await deliver()
    const [mail] = mails.received
    const [, leave = ''] = /^<(.*)>$/.exec((mail && headersOf(mail).get('list-unsubscribe')) ?? '') ?? []
    expect(new URL(leave).pathname).toBe(linkIn(mail, 'leave'))
    const url = new URL(leave).pathname
    expect((await dashboard.inject({ url })).statusCode).toBe(200)
    expect((await api('')).json().channels).toHaveLength(1)
    const headers = { 'content-type': 'multipart/form-data; boundary=x', origin: 'https://mail.example.net' }
    const payload = '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
    expect((await dashboard.inject({ method: 'POST', url, headers, payload })).statusCode).toBe(200)
    expect((await api('')).json().channels).toEqual([])
    await tell({ event: 'ended', incident: anIncident({ site, at }) })
    expect(await deliver()).toMatchObject({ delivered: 0 })
  })

  it('cannot be made to say yes, or to leave, by a link of somebody else', async () => {
    await subscribe()
    await api('', { email: 'bob@example.org' })
    await deliver()
    const url = linkIn(mails.received[0], 'confirm')
    const forged = [
      url.replace('/confirm/', '/leave/'),
      url.replace(/~[\w-]{12}~/, `~${(await channels(site))[0]?.id}~`).replace('/confirm/', '/leave/'),
      `${url.slice(0, -1)}${url.endsWith('A') ? 'B' : 'A'}`,
      url.replace(site, 'another'),
    ]
    for (const each of forged) await dashboard.inject({ method: 'POST', url: each, headers: form, payload: '' })
    const known: ChannelAnswer[] = (await api('')).json().channels
    expect(new Map(known.map(({ target, confirmed }) => [target, confirmed]))).toEqual(
      new Map([
        ['ada@example.org', true],
        ['bob@example.org', false],
      ]),
    )
  })
})

describe('headers', () => {
  it('are not brought by addresses', async () => {
    for (const email of [
      'ada@example.org\r\nBcc: eve@example.org',
      'ada@example.org, eve@example.org',
      'Ada <ada@example.org>',
      '"ada\r\n"@example.org',
      'ada@example.org\u0000',
      'ada@localhost',
      `${'a'.repeat(65)}@example.org`,
    ])
      expect((await api('', { email })).json().code, email).toBe('bad_body')
    expect((await api('')).json().channels).toEqual([])
  })

  it('are not brought by what pages are called', async () => {
    await subscribe()
    const value = '/x\r\nBcc: eve@example.org\r\n\r\n<script>alert(1)</script>\u2028'
    await tell(opened({ series: { metric: 'clicks', dimension: 'page', value } }))
    expect(await deliver()).toMatchObject({ delivered: 1, faults: [] })
    const [mail] = mails.received
    if (!mail) throw new Error('nothing came')
    expect(mail.to).toEqual(['ada@example.org'])
    expect(headersOf(mail).has('bcc')).toBe(false)
    expect(headersOf(mail).get('subject')).toContain('/x Bcc: eve@example.org')
    expect(bodiesOf(mail).html).not.toContain('<script>')
  })
})

describe('a mail server', () => {
  it('that refuses for now is asked again; one that refuses for good is not', async () => {
    await subscribe()
    await tell(opened())
    mails.refuse.recipient = 451
    await deliver()
    expect(await latest()).toMatchObject({ state: 'waiting', status: 451 })
    mails.refuse.recipient = 550
    later += 60_000
    await deliver()
    expect(await latest()).toMatchObject({
      state: 'failed',
      status: 550,
      error: 'status',
      attempts: 2,
    })
    expect(mails.received).toEqual([])
  })

  it('that cannot be reached is told from one that there is not', async () => {
    await subscribe()
    await tell(opened())
    const gone = createMailer(
      readSettings({ RETRACE_SMTP_URL: 'smtp://127.0.0.1:1', RETRACE_MAIL_FROM: 'retrace@example.org' }),
    )
    await deliver(gone)
    expect(await latest()).toMatchObject({ error: 'no_connection', status: null })
    later += 60_000
    await alerting().deliverer(site).round()
    expect(await latest()).toMatchObject({ error: 'not_set_up', state: 'waiting' })
  })

  it('has to be there before an address is named, with a sender', async () => {
    const alertWays = { ...dashboard.options.alertWays, email: false }
    const app = await createDashboard({ ...dashboard.options, alertWays })
    const payload = { email: 'ada@example.org' }
    const url = `/api/sites/${site}/channels`
    expect((await app.inject({ method: 'POST', url, headers: bearer, payload })).json().code).toBe('no_mail_server')
    await app.close()
    expect(() => createMailer(readSettings({ RETRACE_SMTP_URL: 'smtp://user:secret@mail.example.org' }))).toThrow(
      'go together',
    )
    expect(() => readSettings({ RETRACE_SMTP_URL: 'http://user:secret@example.org' })).toThrow(
      /^RETRACE_SMTP_URL must be (?!.*secret)/,
    )
    expect(() => readSettings({ RETRACE_MAIL_FROM: 'a@b.org\r\nBcc: c@d.org' })).toThrow('RETRACE_MAIL_FROM')
  })

  it('is not used to fill mailboxes: twenty addresses a site and day are asked', async () => {
    for (let i = 0; i < 20; i++) {
      const { id } = (await api('', { email: `ada${i}@example.org` })).json()
      await api(`/${id}/revoke`, {})
    }
    expect((await api('', { email: 'one@example.org' })).json().code).toBe('too_many_confirmations')
    expect((await api('', { url: 'https://example.org/' })).statusCode).toBe(201)
  })
})

/** Webhooks as owners make, try and revoke them: a browser, a dashboard over real tables, the deliverer and a receiver. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Mailer } from '../consumers/mail/shapes/mailer.ts'
import { createDashboard } from '../dashboard/server.ts'
import { findProblems } from './support/accessibility.ts'
import { alertingOver } from './support/alerting.ts'
import { fillSite } from './support/busy-site.ts'
import { bearer, now } from './support/dashboard.ts'
import { anIncident } from './support/incidents.ts'
import { bodiesOf, headersOf, startMailServer } from './support/mail-server.ts'
import { aMember } from './support/people.ts'
import { isSigned, type Receiver, startReceiver } from './support/receiver.ts'
import { button, dashboard, open, page, shows } from './support/replays-page.ts'
import { api, become, secret, section } from './support/settings-page.ts'

const path = '/api/sites/shop/channels'
let receiver: Receiver
/** What the clock of the deliverer shows. */
let later: number
beforeEach(async () => {
  receiver = await startReceiver()
  later = now
})
afterEach(() => receiver.close())

const alerting = () => alertingOver({ client: dashboard.client, now: () => later, timeZone: 'UTC' })
const deliver = (mailer?: Mailer) => alerting().deliverer('shop', { mailer }).round()

/** As it is read in the section. */
const says = (text: string) => expect.poll(() => section('Alerts').textContent(), { timeout: 10_000 }).toContain(text)

async function anIncidentOpens(at = now + 60_000): Promise<void> {
  await alerting().tell('shop', { event: 'opened', incident: anIncident({ at, end: undefined }) })
}

describe('the page', () => {
  it('tells the secret once, sends an example, shows what came of it, and revokes after a question', async () => {
    await become(await aMember(dashboard, 'olga@example.org', { shop: 'owner' }))
    await open('/sites/shop/settings')
    const alerts = section('Alerts')
    await alerts.getByText('Nobody is told yet.').waitFor()
    await alerts.getByLabel('Webhook').fill('somewhere')
    await alerts.getByRole('button', { name: 'Tell it there' }).click()
    await shows('This is no address.')
    expect(await alerts.getByLabel('Webhook').evaluate((field) => field.matches(':focus'))).toBe(true)
    await alerts.getByLabel('Webhook').fill('https://192.168.0.1/')
    await alerts.getByRole('button', { name: 'Tell it there' }).click()
    await shows('url must lead to a public address')
    await alerts.getByLabel('Webhook').fill(receiver.url)
    await alerts.getByRole('button', { name: 'Tell it there' }).press('Enter')
    await shows('The secret that proves that an alert came from here. Copy it now')
    const told = await secret()
    const { host } = new URL(receiver.url)

    await button(`Send an example to ${host}`).click()
    await says('on its way')
    expect(await button(`Send an example to ${host}`).isDisabled()).toBe(true)
    expect(await deliver()).toMatchObject({ delivered: 1 })
    await says('delivered, answered 204')
    const [example] = receiver.received
    if (!example) throw new Error('nothing came')
    expect(JSON.parse(example.body)).toMatchObject({
      event: 'example',
      site: 'shop',
      incident: { metric: 'pageviews' },
    })
    expect(isSigned(example, told)).toBe(true)

    receiver.answer = (response) => response.writeHead(503).end()
    await button(`Send an example to ${host}`).click()
    await says('on its way')
    await deliver()
    await says('not delivered, answered 503')
    await page.reload()
    await says('not delivered, answered 503')
    expect(await page.content()).not.toContain(told)

    await button(`Revoke ${host}`).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke', exact: true }).click()
    await shows('Nobody is told yet.')
    await anIncidentOpens()
    await deliver()
    expect(receiver.received).toHaveLength(2)
  })

  it('asks an address, which says yes by the link of its mail, and tells it then', async () => {
    const mails = await startMailServer()
    await open('/sites/shop/settings')
    const alerts = section('Alerts')
    await alerts.getByLabel('E-mail address').fill('ada')
    await alerts.getByRole('button', { name: 'Ask this address' }).click()
    await shows('This is no address. It looks like ada@example.org.')
    await alerts.getByLabel('E-mail address').fill('ada@example.org')
    await alerts.getByRole('button', { name: 'Ask this address' }).press('Enter')
    await shows('ada@example.org is being asked.')
    await says('has not said yes yet')
    await deliver(mails.mailer)
    const [mail] = mails.received
    const [link = ''] = /http\S+confirm\S+/.exec(mail ? bodiesOf(mail).text : '') ?? []
    // Wherever it was reached when the address was named.
    await open(new URL(link).pathname)
    expect(await findProblems(page)).toEqual([])
    await button('Yes, send them').click()
    await page.getByRole('heading', { name: 'You will be told' }).waitFor()
    await open('/sites/shop/settings')
    const gets = section('Alerts').getByRole('group', { name: 'What ada@example.org gets' })
    expect(await gets.getByLabel('Anomalies').isDisabled()).toBe(true)
    await gets.getByLabel('A report every week').click()
    await expect
      .poll(async () => (await api(path)).channels[0].gets, { timeout: 10_000 })
      .toEqual(['incidents', 'weekly'])
    await gets.getByLabel('Anomalies').click()
    await expect.poll(async () => (await api(path)).channels[0].gets, { timeout: 10_000 }).toEqual(['weekly'])
    await button('Send an example to ada@example.org').click()
    await says('on its way')
    await deliver(mails.mailer)
    await says('delivered, answered 250')
    expect(mails.received.map((each) => headersOf(each).get('subject'))).toEqual([
      '[shop] Please confirm: alerts to this address',
      'Example: [shop] Page views far above normal',
    ])
    await mails.close()
  })

  it('takes what is told, and when, and says what is wrong with it', async () => {
    await open('/sites/shop/settings')
    const alerts = section('Alerts')
    await alerts.getByLabel('How severe at least').selectOption('warning')
    await alerts.getByLabel('Pause between two, in minutes').fill('a while')
    await alerts.getByLabel('Quiet hours from').fill('22:00')
    await alerts.getByRole('button', { name: 'Save' }).click()
    await says('A whole number from 0 to 10080.')
    await says('Two different times, or none.')
    await alerts.getByLabel('Pause between two, in minutes').fill('30')
    await alerts.getByLabel('Until').fill('07:00')
    await alerts.getByLabel('By clocks of').selectOption('America/New_York')
    await alerts.getByRole('button', { name: 'Save' }).press('Enter')
    await says('Saved')
    const chosen = {
      minimumSeverity: 'warning',
      minimumMinutes: 0,
      coolDownMinutes: 30,
      quiet: { from: '22:00', to: '07:00', timeZone: 'America/New_York', criticalPasses: true },
    }
    expect(await api('/api/sites/shop/alert-rules')).toEqual(chosen)
    await page.reload()
    await expect
      .poll(() => section('Alerts').getByLabel('Quiet hours from').inputValue(), { timeout: 10_000 })
      .toBe('22:00')
  })

  it('leads from what was sent to the figures of that time', async () => {
    await fillSite(dashboard, 'shop')
    await api(path, { url: receiver.url })
    await anIncidentOpens()
    await deliver()
    const { link } = JSON.parse(receiver.received[0]?.body ?? '{}')
    const { pathname, search } = new URL(link)
    await open(pathname + search)
    await page.getByRole('heading', { name: 'Clicks' }).first().waitFor()
    expect(new URL(page.url()).search).toContain('from=2026-11-23T09')
  })

  it('is for owners: an editor does not see it', async () => {
    await become(await aMember(dashboard, 'edith@example.org', { shop: 'editor' }))
    await open('/sites/shop/settings')
    await shows('This site')
    expect(await section('Alerts').count()).toBe(0)
  })

  it.each([
    [360, 'light'],
    [360, 'dark'],
    [1440, 'light'],
  ] as const)('has a name for everything, can be read and fits at %i px, %s', async (width, theme) => {
    await api(path, { url: `https://a-very-long-name-of-a-host.example.org/${'long/'.repeat(20)}?key=value` })
    await api(path, { email: 'somebody.with.a.long.name@department.example.org' })
    const mine = await api(path, { url: receiver.url })
    receiver.answer = (response) => response.writeHead(500).end()
    await api(`${path}/${mine.id}/test`, {})
    await deliver()
    await anIncidentOpens()
    await deliver()
    await page.setViewportSize({ width, height: 900 })
    await page.emulateMedia({ colorScheme: theme })
    await open('/sites/shop/settings')
    await shows('not delivered, answered 500')
    await says('not delivered, answered 500')
    await says('answered 500, next try')
    expect(await findProblems(page)).toEqual([])
  })
})

describe('the API', () => {
  it('never answers the secret again, and tells how deliveries went', async () => {
    const { secret: told, ...made } = await api(path, { url: receiver.url })
    expect(told).toMatch(/^whsec_[\w-]{43}$/)
    expect(made).toMatchObject({
      type: 'webhook',
      target: receiver.url,
      confirmed: true,
      createdBy: 'administrator',
      deliveries: [],
    })
    await anIncidentOpens()
    receiver.answer = (response) => response.writeHead(500).end()
    await deliver()
    const answer = await dashboard.inject({ url: path, headers: bearer })
    expect(answer.body).not.toContain(told)
    const [{ deliveries: tried }] = answer.json().channels
    expect(tried).toEqual([
      {
        id: receiver.received[0]?.headers['retrace-id'],
        event: 'opened',
        createdAt: new Date(now).toISOString(),
        state: 'waiting',
        attempts: 1,
        triedAt: new Date(now).toISOString(),
        status: 500,
        error: 'status',
        nextAt: new Date(now + 30_000).toISOString(),
      },
    ])
    receiver.answer = (response) => response.writeHead(200).end('thanks')
    later += 30_000
    await deliver()
    expect((await api(path)).channels[0].deliveries).toMatchObject([
      { state: 'delivered', attempts: 2, status: 200, error: null, nextAt: null },
    ])
  })

  it('sends one example at a time, to somebody that there is', async () => {
    const { id } = await api(path, { url: receiver.url })
    await api(`${path}/${id}/test`, {})
    await api(`${path}/${id}/test`, {})
    expect(await deliver()).toMatchObject({ delivered: 1 })
    expect((await api(`${path}/none/test`, {})).code).toBe('unknown_channel')
  })

  it('takes ten, public ones alone unless the installation says otherwise', async () => {
    const app = await createDashboard({
      ...dashboard.options,
      alertWays: { ...dashboard.options.alertWays, loopbackWebhooks: false },
    })
    const add = async (url: string) =>
      (await app.inject({ method: 'POST', url: path, headers: bearer, payload: { url } })).json()
    for (const url of [
      receiver.url,
      'https://localhost/',
      'https://[::1]/',
      'http://example.org/',
      'https://a:b@example.org/',
    ])
      expect((await add(url)).code, url).toBe('bad_body')
    for (let i = 0; i < 10; i++) expect((await add(`https://example.org/${i}`)).target).toBe(`https://example.org/${i}`)
    expect((await add('https://example.org/10')).code).toBe('too_many_entries')
    await app.close()
  })
})

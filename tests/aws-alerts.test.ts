/** Incidents by way of AWS: to SNS topics that the deployment names, and as mails through SES, by their own protocols. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Channel } from '../consumers/anomaly-detector/shapes/channel.ts'
import type { Delivery } from '../consumers/anomaly-detector/shapes/delivery.ts'
import { deliveryId } from '../consumers/anomaly-detector/shapes/delivery-item.ts'
import { createMailer } from '../consumers/mail/shapes/mailer.ts'
import { readSettings } from '../stream/settings.ts'
import { noon } from './support/events.ts'
import { anIncident } from './support/incidents.ts'
import { bodiesOf, headersOf } from './support/mail-server.ts'
import { type MessagingServer, startMessaging } from './support/messaging.ts'
import { sendHere } from './support/send.ts'

const topic = 'arn:aws:sns:eu-central-1:123456789012:incidents'
const fifo = 'arn:aws:sns:us-east-1:123456789012:incidents.fifo'
let aws: MessagingServer
beforeEach(async () => {
  aws = await startMessaging()
  for (const service of ['SNS', 'SESV2']) vi.stubEnv(`AWS_ENDPOINT_URL_${service}`, aws.url)
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test')
  vi.stubEnv('AWS_REGION', 'eu-central-1')
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await aws.close()
})

const channel = (different: Partial<Channel>): Channel => ({
  site: 'shop',
  id: 'one',
  type: 'topic',
  target: topic,
  secret: 'secret',
  dashboard: 'https://retrace.example.org',
  createdBy: 'ada@example.org',
  createdAt: noon,
  ...different,
})
const delivery = (different: Partial<Delivery> = {}): Delivery => ({
  site: 'shop',
  channel: 'one',
  event: 'opened',
  incident: anIncident({ series: { metric: 'clicks', dimension: 'page', value: '/grüße\r\n' }, end: undefined }),
  state: 'waiting',
  attempts: 1,
  createdAt: noon,
  dueAt: noon,
  ...different,
})
const send = (to: Channel, what = delivery()) =>
  sendHere(() => noon, createMailer(ses), [topic, fifo])(what, to, 'Europe/Berlin')
const ses = readSettings({ RETRACE_SMTP_URL: 'ses:', RETRACE_MAIL_FROM: 'Retrace <alerts@example.org>' })

describe('a topic', () => {
  it('gets what a webhook would, and beside it what copies and filters go by', async () => {
    expect(await send(channel({}))).toEqual({ sent: true, status: 200 })
    const [message] = aws.published
    expect(message).toMatchObject({
      TopicArn: topic,
      Subject: expect.stringMatching(/^\[shop\] opened: Clicks of \/gr\?e\s+far above normal$/),
      'MessageAttributes.entry.1.Name': 'retrace-id',
      'MessageAttributes.entry.1.Value.StringValue': deliveryId(delivery()),
    })
    expect(JSON.parse(message?.Message ?? '')).toMatchObject({
      id: deliveryId(delivery()),
      event: 'opened',
      incident: { metric: 'clicks', severity: 'critical' },
    })
  })

  it('that keeps an order gets the id to drop copies by, in its own region', async () => {
    expect(await send(channel({ target: fifo }))).toMatchObject({ sent: true })
    expect(aws.published).toMatchObject([{ MessageDeduplicationId: deliveryId(delivery()), MessageGroupId: 'shop' }])
  })

  it('that the deployment does not name any more is not published to', async () => {
    const other = channel({ target: 'arn:aws:sns:eu-central-1:123456789012:another' })
    expect(await send(other)).toEqual({ sent: false, error: 'not_set_up' })
    expect(aws.published).toEqual([])
  })

  it('that refuses is told apart from one that is not there', async () => {
    aws.refuse.status = 403
    expect(await send(channel({}))).toEqual({ sent: false, error: 'status', status: 403 })
    vi.stubEnv('AWS_ENDPOINT_URL_SNS', 'http://127.0.0.1:1')
    expect(await send(channel({}))).toEqual({ sent: false, error: 'no_connection' })
  })
})

describe('SES', () => {
  const address = () => channel({ type: 'email', target: 'ada@example.org', confirmedAt: noon })

  it('is given the whole mail, with the id that copies are told by where its own Message-ID hides ours', async () => {
    expect(await send(address())).toMatchObject({ sent: true })
    const [mail] = aws.mails
    if (!mail) throw new Error('nothing came')
    const received = { ...mail, from: '' }
    expect(mail.to).toEqual(['ada@example.org'])
    expect(headersOf(received).get('retrace-id')).toBe(`${deliveryId(delivery())}.one`)
    expect(headersOf(received).get('from')).toBe('Retrace <alerts@example.org>')
    expect(bodiesOf(received).text).toContain('Clicks of /grüße')
  })

  it('that refuses is asked again', async () => {
    aws.refuse.status = 400
    expect(await send(address())).toEqual({ sent: false, error: 'status', status: 400 })
  })
})

/** Who is told of a site's incidents: its owners name webhooks, e-mail addresses and topics, and see what came of it. */
import { randomBytes } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { quietUntil } from '../../consumers/anomaly-detector/shapes/alert-rules.ts'
import { type Channel, isOpen } from '../../consumers/anomaly-detector/shapes/channel.ts'
import type { IncidentEvent } from '../../consumers/anomaly-detector/shapes/delivery.ts'
import type { Incident } from '../../consumers/anomaly-detector/shapes/incident.ts'
import { checkWebhookUrl } from '../../consumers/anomaly-detector/shapes/webhook-address.ts'
import { plainAddressOf } from '../../consumers/mail/shapes/email-address.ts'
import type { Site } from '../../stream/site.ts'
import type { ChannelsAnswer, NewChannelAnswer } from '../anomaly-answers.ts'
import { Problem } from '../problems.ts'
import { ownOrigin } from '../session/guard.ts'
import type { Store } from '../store/store.ts'
import { entryParams } from './access-schemas.ts'
import {
  type ChannelBody,
  channelBodySchema,
  channelsSchema,
  type GetsBody,
  getsBodySchema,
  newChannelSchema,
  toChannelAnswer,
} from './channel-schemas.ts'
import { siteParams } from './query-schemas.ts'
import { findSite, findWatched } from './sites.ts'

/** What incidents can be told by in this installation. */
export type AlertWays = {
  /** As RETRACE_WEBHOOK_LOOPBACK has it. */
  loopbackWebhooks: boolean
  /** Whether there is a mail server. */
  email: boolean
  /** ARNs, as RETRACE_ALERT_TOPICS. */
  topics: readonly string[]
}

export type ChannelsOptions = { store: Store; now: () => number; ways: AlertWays }

/** Each is told of every incident, and asked again for a day where it fails. */
const maxChannels = 10
/** Mails that ask for a yes, a site and day: nobody's mailbox is filled by them. */
const maxConfirmations = 20
const dayMs = 86_400_000
const minuteMs = 60_000

type SiteRoute = { Params: { site: string } }
type EntryRoute = { Params: { site: string; id: string } }

export function registerChannels(app: FastifyInstance, { store, now, ways }: ChannelsOptions): void {
  async function answerOf({ site, timeZone }: Site): Promise<ChannelsAnswer> {
    const [channels, deliveries, rules] = await Promise.all([
      store.channels.list(site),
      store.channels.deliveries(site, now()),
      store.channels.rules(site),
    ])
    const heldUntil = quietUntil(rules, now(), timeZone) ?? 0
    return {
      channels: channels.map((each) => toChannelAnswer(each, deliveries, heldUntil)),
      email: ways.email,
      topics: [...ways.topics],
    }
  }

  /** @throws Problem when so many were asked today that another must wait */
  async function checkConfirmations(site: string): Promise<void> {
    const asked = (await store.channels.deliveries(site, now())).filter(
      ({ event, createdAt }) => event === 'confirm' && createdAt > now() - dayMs,
    )
    if (asked.length >= maxConfirmations) throw new Problem('too_many_confirmations')
  }

  async function send({ site, id }: Channel, event: IncidentEvent): Promise<void> {
    await store.channels.send({ site, channel: id, event, incident: exampleOf(site, now()), createdAt: now() })
  }

  app.get<SiteRoute>(
    '/api/sites/:site/channels',
    {
      schema: {
        summary: 'Where incidents of a site are told, and what came of it lately',
        params: siteParams,
        response: { 200: channelsSchema },
      },
    },
    async ({ params }) => answerOf(await findWatched(store, params.site)),
  )

  app.post<SiteRoute & { Body: ChannelBody }>(
    '/api/sites/:site/channels',
    {
      schema: {
        summary:
          'Have incidents told: to a webhook, whose secret is told once; to an e-mail address, which is asked; to a topic',
        params: siteParams,
        body: channelBodySchema,
        response: { 201: newChannelSchema },
      },
    },
    async (request, reply): Promise<NewChannelAnswer> => {
      const { site } = await findWatched(store, request.params.site)
      const wanted = checkTarget(request.body, ways)
      const known = await store.channels.list(site)
      if (known.length >= maxChannels) throw new Problem('too_many_entries')
      if (wanted.type !== 'webhook' && known.some(({ target }) => target === wanted.target))
        throw new Problem('bad_body', { message: `${wanted.type} is told already` })
      if (wanted.type === 'email') await checkConfirmations(site)
      const made: Channel = { site, ...wanted, ...newChannel(request), createdAt: now() }
      await store.channels.add(made)
      if (!isOpen(made)) await send(made, 'confirm')
      reply.code(201)
      return { ...toChannelAnswer(made, [], 0), secret: made.type === 'webhook' ? made.secret : null }
    },
  )

  app.post<EntryRoute>(
    '/api/sites/:site/channels/:id/test',
    {
      schema: {
        summary: 'Send an example: once, as soon as incidents are told next. To an address without a yes: ask again',
        params: entryParams,
        response: { 202: channelsSchema },
      },
    },
    async (request, reply) => {
      const found = await findWatched(store, request.params.site)
      const { site } = found
      const channel = await store.channels.find(site, request.params.id)
      if (!channel) throw new Problem('unknown_channel')
      const event = isOpen(channel) ? 'example' : 'confirm'
      const isWaiting = (await store.channels.deliveries(site, now())).some(
        (each) => each.channel === channel.id && each.event === event && each.state === 'waiting',
      )
      if (!isWaiting && event === 'confirm') await checkConfirmations(site)
      if (!isWaiting) await send(channel, event)
      reply.code(202)
      return answerOf(found)
    },
  )

  app.post<EntryRoute & { Body: GetsBody }>(
    '/api/sites/:site/channels/:id/gets',
    {
      schema: {
        summary: 'What a webhook or an e-mail address gets: incidents, reports of weeks, of months',
        params: entryParams,
        body: getsBodySchema,
        response: { 200: channelsSchema },
      },
    },
    async ({ params, body }) => {
      // The pipeline has no reports.
      const site = await findSite(store, params.site)
      const channel = await store.channels.find(site.site, params.id)
      if (!channel) throw new Problem('unknown_channel')
      if (channel.type === 'topic')
        throw new Problem('bad_body', { message: 'gets can be chosen for a webhook or an e-mail address' })
      if (!(await store.channels.setGets(site.site, channel.id, body.gets))) throw new Problem('unknown_channel')
      return answerOf(site)
    },
  )

  app.post<EntryRoute>(
    '/api/sites/:site/channels/:id/revoke',
    {
      schema: {
        summary: 'It is told nothing more, not even what waits',
        params: entryParams,
        response: { 200: channelsSchema },
      },
    },
    async ({ params }) => {
      const site = await findWatched(store, params.site)
      if (!(await store.channels.remove(site.site, params.id))) throw new Problem('unknown_channel')
      return answerOf(site)
    },
  )
}

/** @throws Problem for what cannot be told to */
function checkTarget({ url, email, topic }: ChannelBody, ways: AlertWays): Pick<Channel, 'type' | 'target'> {
  if (url !== undefined) {
    const checked = checkWebhookUrl(url, ways.loopbackWebhooks)
    if (!checked.ok) throw new Problem('bad_body', { message: checked.message })
    return { type: 'webhook', target: checked.url.href }
  }
  if (email !== undefined) {
    if (!ways.email) throw new Problem('no_mail_server')
    const address = plainAddressOf(email)
    if (address === undefined)
      throw new Problem('bad_body', { message: 'email must be one address such as ada@example.org' })
    return { type: 'email', target: address }
  }
  if (topic === undefined || !ways.topics.includes(topic))
    throw new Problem('bad_body', { message: 'topic must be one of those that this installation names' })
  return { type: 'topic', target: topic }
}

function newChannel(request: FastifyRequest): Pick<Channel, 'id' | 'secret' | 'dashboard' | 'createdBy'> {
  return {
    id: randomBytes(9).toString('base64url'),
    secret: `whsec_${randomBytes(32).toString('base64url')}`,
    dashboard: ownOrigin(request),
    createdBy: request.accesses[0]?.name ?? '',
  }
}

/** Of no series that anybody takes for real: three times the page views of a quiet minute. */
function exampleOf(site: string, now: number): Incident {
  const peak = { at: now - 2 * minuteMs, observed: 90, expected: 30, low: 18, high: 42 }
  return {
    site,
    at: now - 3 * minuteMs,
    end: undefined,
    series: { metric: 'pageviews' },
    others: [],
    severity: 'critical',
    evidence: 12,
    peak,
    changed: [{ dimension: 'page', value: '/example', observed: 64, expected: 5 }],
    picture: [],
    stepMs: minuteMs,
  }
}

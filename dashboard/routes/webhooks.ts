/** Webhooks of a site: its owners say where its incidents are told, and see what came of it. */
import { randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import {
  type Delivery,
  deliveryErrors,
  deliveryStates,
  incidentEvents,
} from '../../consumers/anomaly-detector/shapes/delivery.ts'
import { deliveryId } from '../../consumers/anomaly-detector/shapes/delivery-item.ts'
import type { Incident } from '../../consumers/anomaly-detector/shapes/incident.ts'
import type { Webhook } from '../../consumers/anomaly-detector/shapes/webhook.ts'
import { checkWebhookUrl } from '../../consumers/anomaly-detector/shapes/webhook-address.ts'
import type { DeliveryAnswer, NewWebhookAnswer, WebhookAnswer, WebhooksAnswer } from '../anomaly-answers.ts'
import { Problem } from '../problems.ts'
import { ownOrigin } from '../session/guard.ts'
import type { Store } from '../store/store.ts'
import { entryParams } from './access-schemas.ts'
import { count, list, object, type Schema, siteParams, text, time } from './schemas.ts'
import { findSite } from './sites.ts'

export type WebhooksOptions = {
  store: Store
  now: () => number
  /** As RETRACE_WEBHOOK_LOOPBACK has it. */
  allowLoopback: boolean
}

/** Each is posted to for every incident, and asked again for a day where it fails. */
const maxWebhooks = 5
const shownDeliveries = 10
const minuteMs = 60_000

const nullableTime = (description: string): Schema => ({ type: ['string', 'null'], description })
const delivery = object({
  id: text('What the receiver tells copies by: the header retrace-id'),
  event: { type: 'string', enum: incidentEvents },
  createdAt: time('Since when it is to be delivered'),
  state: { type: 'string', enum: deliveryStates, description: 'waiting: for the first try, or for the next' },
  attempts: count('Tries that began'),
  triedAt: nullableTime('When the last began'),
  status: { type: ['integer', 'null'], description: 'HTTP status of the last answer; null: there was none' },
  error: { type: ['string', 'null'], enum: [...deliveryErrors, null], description: 'Why the last try failed' },
  nextAt: nullableTime('When it is tried next; null: it is over'),
})
const webhook = {
  id: text('Its name in addresses'),
  url: text('Where incidents are posted to'),
  createdBy: text('Who made it'),
  createdAt: time('When it was made: it is told of incidents that began later'),
  deliveries: list(delivery),
}
const webhooksSchema = object({ webhooks: list(object(webhook)) })
const newWebhookSchema = object({ ...webhook, secret: text('What signs are made with; it is told once') })
const bodySchema: Schema = {
  type: 'object',
  required: ['url'],
  additionalProperties: false,
  properties: { url: { type: 'string', maxLength: 2000, description: 'https://, at a public address' } },
}

type SiteRoute = { Params: { site: string } }
type EntryRoute = { Params: { site: string; id: string } }

export function registerWebhooks(app: FastifyInstance, { store, now, allowLoopback }: WebhooksOptions): void {
  async function answerOf(site: string): Promise<WebhooksAnswer> {
    const [webhooks, deliveries] = await Promise.all([
      store.webhooks.list(site),
      store.webhooks.deliveries(site, now()),
    ])
    return { webhooks: webhooks.map((each) => toAnswer(each, deliveries)) }
  }

  app.get<SiteRoute>(
    '/api/sites/:site/webhooks',
    {
      schema: {
        summary: 'Where incidents of a site are told, and what came of it lately',
        params: siteParams,
        response: { 200: webhooksSchema },
      },
    },
    async ({ params }) => answerOf((await findSite(store, params.site)).site),
  )

  app.post<SiteRoute & { Body: { url: string } }>(
    '/api/sites/:site/webhooks',
    {
      schema: {
        summary: 'Have incidents of a site posted to an address; the secret that signs them is told once',
        params: siteParams,
        body: bodySchema,
        response: { 201: newWebhookSchema },
      },
    },
    async (request, reply): Promise<NewWebhookAnswer> => {
      const { site } = await findSite(store, request.params.site)
      const checked = checkWebhookUrl(request.body.url, allowLoopback)
      if (!checked.ok) throw new Problem('bad_body', { message: checked.message })
      if ((await store.webhooks.list(site)).length >= maxWebhooks) throw new Problem('too_many_entries')
      const made: Webhook = {
        site,
        id: randomBytes(9).toString('base64url'),
        url: checked.url.href,
        secret: `whsec_${randomBytes(32).toString('base64url')}`,
        dashboard: ownOrigin(request),
        createdBy: request.accesses[0]?.name ?? '',
        createdAt: now(),
      }
      await store.webhooks.add(made)
      reply.code(201)
      return { ...toAnswer(made, []), secret: made.secret }
    },
  )

  app.post<EntryRoute>(
    '/api/sites/:site/webhooks/:id/test',
    {
      schema: {
        summary: 'Send an example to a webhook: once, as soon as incidents are told next',
        params: entryParams,
        response: { 202: webhooksSchema },
      },
    },
    async (request, reply) => {
      const { site } = await findSite(store, request.params.site)
      const { id } = request.params
      if (!(await store.webhooks.list(site)).some((each) => each.id === id)) throw new Problem('unknown_webhook')
      const isWaiting = (await store.webhooks.deliveries(site, now())).some(
        (each) => each.webhook === id && each.event === 'example' && each.state === 'waiting',
      )
      if (!isWaiting)
        await store.webhooks.send({
          site,
          webhook: id,
          event: 'example',
          incident: exampleOf(site, now()),
          createdAt: now(),
        })
      reply.code(202)
      return answerOf(site)
    },
  )

  app.post<EntryRoute>(
    '/api/sites/:site/webhooks/:id/revoke',
    {
      schema: {
        summary: 'A webhook is told nothing more, not even what waits',
        params: entryParams,
        response: { 200: webhooksSchema },
      },
    },
    async ({ params }) => {
      const { site } = await findSite(store, params.site)
      if (!(await store.webhooks.remove(site, params.id))) throw new Problem('unknown_webhook')
      return answerOf(site)
    },
  )
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

function toAnswer({ id, url, createdBy, createdAt }: Webhook, deliveries: readonly Delivery[]): WebhookAnswer {
  const own = deliveries.filter((each) => each.webhook === id)
  const latest = own.sort((a, b) => (b.triedAt ?? b.createdAt) - (a.triedAt ?? a.createdAt))
  return {
    id,
    url,
    createdBy,
    createdAt: isoTime(createdAt),
    deliveries: latest.slice(0, shownDeliveries).map(toDeliveryAnswer),
  }
}

function toDeliveryAnswer(each: Delivery): DeliveryAnswer {
  const { event, createdAt, state, attempts, triedAt, status = null, error = null, dueAt } = each
  return {
    id: deliveryId(each),
    event,
    createdAt: isoTime(createdAt),
    state,
    attempts,
    triedAt: triedAt === undefined ? null : isoTime(triedAt),
    status,
    error,
    nextAt: state === 'waiting' ? isoTime(dueAt) : null,
  }
}

function isoTime(at: number): string {
  return new Date(at).toISOString()
}

/** `POST /v1/events`: what pages send. Answered when every good event of the request is durable, not before. */
import type { FastifyInstance } from 'fastify'
import { limits } from '../stream/limits.ts'
import { checkEvents, type Rejected } from './deliveries.ts'
import type { IngestOptions } from './server.ts'
import { asksNotToBeTracked, findSite, takeEvents } from './take-events.ts'

type EventsBody = { site: string; sentAt: number; events: unknown[] }
export type EventsAnswer = { accepted: number; rejected: Rejected[] }

const bodySchema = {
  type: 'object',
  required: ['site', 'sentAt', 'events'],
  properties: {
    site: { type: 'string', maxLength: 64 },
    sentAt: { type: 'integer', minimum: 0, maximum: 253_402_300_799_999 },
    events: { type: 'array', minItems: 1, maxItems: limits.requestEvents },
  },
} as const

export const eventsAnswerSchema = {
  type: 'object',
  properties: {
    accepted: { type: 'integer' },
    rejected: {
      type: 'array',
      items: {
        type: 'object',
        properties: { index: { type: 'integer' }, code: { type: 'string' }, message: { type: 'string' } },
      },
    },
  },
} as const

export function registerEvents(app: FastifyInstance, options: IngestOptions): void {
  const { metrics } = options
  app.post<{ Body: EventsBody }>(
    '/v1/events',
    { schema: { body: bodySchema, response: { 202: eventsAnswerSchema } } },
    async (request, reply) => {
      const { body } = request
      const begun = performance.now()
      const site = await findSite(options, body.site, request.headers.origin)
      const { good, rejected } = checkEvents(body.events, site.queryParams)
      const ignored = asksNotToBeTracked(request)
      if (ignored) metrics.ignored += good.length
      let accepted = 0
      if (good.length > 0 && !ignored) {
        const tooLarge = await takeEvents(options, request, reply, { site, sentAt: body.sentAt, good })
        rejected.push(...tooLarge)
        accepted = good.length - tooLarge.length
        metrics.accepted += accepted
        metrics.acknowledged((performance.now() - begun) / 1000)
      }
      for (const { code } of rejected) metrics.rejected(code)
      reply.code(202)
      if (rejected.length > 0) return { accepted, rejected } satisfies EventsAnswer
      // The usual answer, written without looking at a schema.
      return reply.type('application/json; charset=utf-8').send(`{"accepted":${accepted},"rejected":[]}`)
    },
  )
}

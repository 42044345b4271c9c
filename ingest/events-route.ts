/** `POST /v1/events`: what pages send. Answered when every good event of the request is durable, not before. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { readCanonical } from '../stream/canonical.ts'
import { limits } from '../stream/limits.ts'
import type { Site } from '../stream/site.ts'
import { acceptBodies, parseJson } from './body.ts'
import { checkEvents, type Rejected, type WrittenEvents, writeEvents } from './deliveries.ts'
import { Problem } from './problems.ts'
import type { IngestOptions } from './server.ts'
import { asksNotToBeTracked, findSite, takeEvents } from './take-events.ts'

type EventsBody = { site: string; sentAt: number; events: unknown[] }
/** What a request brings, once its site has said which query parameters it keeps. */
type Posted = { site: string; sentAt: number; check: (site: Site) => Checked }
type Checked = { written: WrittenEvents[]; rejected: Rejected[] }
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

export function registerEvents(parent: FastifyInstance, options: IngestOptions): void {
  const { metrics } = options
  // A scope of its own: its bodies are read in two ways, and not before it is known in which.
  parent.register(async (app) => {
    acceptBodies(app, (body) => body)
    app.post<{ Body: Buffer }>(
      '/v1/events',
      { schema: { response: { 202: eventsAnswerSchema } } },
      async (request, reply) => {
        const begun = performance.now()
        const { site: name, sentAt, check } = readCanonicalRequest(request.body) ?? parseRequest(request)
        const site = await findSite(options, name, request.headers.origin)
        const { written, rejected } = check(site)
        const good = written.reduce((sum, { eventCount }) => sum + eventCount, 0)
        const ignored = asksNotToBeTracked(request)
        if (ignored) metrics.ignored += good
        else if (good > 0) {
          await takeEvents(options, request, reply, { site, sentAt, written })
          metrics.accepted += good
          metrics.acknowledged((performance.now() - begun) / 1000)
        }
        for (const { code } of rejected) metrics.rejected(code)
        reply.code(202)
        const accepted = ignored ? 0 : good
        if (rejected.length > 0) return { accepted, rejected } satisfies EventsAnswer
        // The usual answer, written without looking at a schema.
        return reply.type('application/json; charset=utf-8').send(`{"accepted":${accepted},"rejected":[]}`)
      },
    )
  })
}

function readCanonicalRequest(body: Buffer): Posted | undefined {
  const canonical = readCanonical(body)
  return canonical && { ...canonical, check: () => ({ written: [canonical], rejected: [] }) }
}

/** @throws Problem when it is no request of ours; what is wrong with an event is its own affair */
function parseRequest(request: FastifyRequest<{ Body: Buffer }>): Posted {
  const body = parseJson(request.body)
  if (!request.validateInput(body, bodySchema)) throw new Problem('unreadable_body')
  const { site, sentAt, events } = body as EventsBody
  return {
    site,
    sentAt,
    check({ queryParams }) {
      const { good, rejected } = checkEvents(events, queryParams)
      const { written, rejected: tooLarge } = writeEvents(good)
      return { written, rejected: [...rejected, ...tooLarge] }
    },
  }
}

/** Stands in for the endpoint: keeps what a page posts, answers as a test wants it, and serves the page as well. */
import fastify from 'fastify'
import type { TrackedEvent } from '../../stream/event.ts'

type Captured = {
  at: number
  body: Buffer
  contentType: string
  site: string
  sentAt: number
  events: TrackedEvent[]
}
type Answer = { status: number; retryAfter?: string }

export type Capture = {
  origin: string
  requests: Captured[]
  /** Answers for the next requests; then 202. */
  answers: Answer[]
  /** The events of all requests that were answered 202, in the order of their arrival. */
  taken: () => TrackedEvent[]
  close: () => Promise<void>
}

/**
 * @param script what `/retrace.js` answers
 * @param html what every other path answers
 * @param headers of the page
 */
export async function startCapture(
  script: string,
  html: string,
  headers: Record<string, string> = {},
): Promise<Capture> {
  const requests: Captured[] = []
  const taken: TrackedEvent[] = []
  const answers: Answer[] = []
  const app = fastify({ forceCloseConnections: true })
  app.addContentTypeParser('text/plain', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  // As the endpoint does: any site may post, and its script may see when to come back.
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('access-control-allow-origin', '*').header('access-control-expose-headers', 'retry-after')
  })
  app.post('/v1/events', (request, reply) => {
    const body = request.body as Buffer
    const { site, sentAt, events } = JSON.parse(body.toString()) as Pick<Captured, 'site' | 'sentAt' | 'events'>
    const contentType = request.headers['content-type'] ?? ''
    requests.push({ at: Date.now(), body, contentType, site, sentAt, events })
    const answer = answers.shift() ?? { status: 202 }
    if (answer.status === 202) taken.push(...events)
    if (answer.retryAfter) reply.header('retry-after', answer.retryAfter)
    return reply.code(answer.status).send({})
  })
  app.get('/retrace.js', (_request, reply) => reply.type('text/javascript').send(script))
  app.get('/*', (_request, reply) => reply.headers(headers).type('text/html').send(html))
  const origin = await app.listen({ host: '127.0.0.1', port: 0 })
  return { origin, requests, answers, taken: () => taken, close: () => app.close() }
}

/** Stands in for the endpoint: keeps what a page posts, answers as a test wants it, and serves the pages as well. */
import { readFile } from 'node:fs/promises'
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
  /** Answers for the next requests; then what `judge` says. */
  answers: Answer[]
  /** Answers by what a request brings: 202 as long as no test puts another judge in. */
  judge: (events: TrackedEvent[]) => Answer
  /** The events of all requests that were answered 202, in the order of their arrival. */
  taken: () => TrackedEvent[]
  close: () => Promise<void>
}

/**
 * @param script what `/retrace.js` answers
 * @param html what every other path answers, or the page of each path (with its query)
 * @param headers of the page
 */
export async function startCapture(
  script: string,
  html: string | ((path: string) => string),
  headers: Record<string, string> | (() => Record<string, string>) = {},
): Promise<Capture> {
  const taken: TrackedEvent[] = []
  const capture: Omit<Capture, 'origin'> = {
    requests: [],
    answers: [],
    judge: () => ({ status: 202 }),
    taken: () => taken,
    close: () => app.close(),
  }
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
    capture.requests.push({ at: Date.now(), body, contentType, site, sentAt, events })
    const answer = capture.answers.shift() ?? capture.judge(events)
    if (answer.status === 202) taken.push(...events)
    if (answer.retryAfter) reply.header('retry-after', answer.retryAfter)
    return reply.code(answer.status).send({})
  })
  app.get('/retrace.js', (_request, reply) => reply.type('text/javascript').send(script))
  // What else the build makes is served as it lies there.
  for (const file of ['retrace-more.js', 'retrace-map.js', 'retrace.mjs'])
    app.get(`/${file}`, async (_request, reply) =>
      reply.type('text/javascript').send(await readFile(new URL(`../../dist/${file}`, import.meta.url))),
    )
  app.get('/*', ({ url }, reply) =>
    reply
      .headers(typeof headers === 'function' ? headers() : headers)
      .type('text/html')
      .send(typeof html === 'string' ? html : html(url)),
  )
  const origin = await app.listen({ host: '127.0.0.1', port: 0 })
  return Object.assign(capture, { origin })
}

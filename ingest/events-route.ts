/** `POST /v1/events`: what pages send. Answered when every good event of the request is durable, not before. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { readCanonical } from '../stream/canonical.ts'
import type { Site } from '../stream/site.ts'
import { readTag, tagHelp } from '../stream/tag.ts'
import { acceptBodies, parseJson } from './body.ts'
import { checkEvents, type Rejected, type WrittenEvents, writeEvents } from './deliveries.ts'
import { Problem } from './problems.ts'
import { asksNotToBeTracked, findSender, type Sender } from './senders.ts'
import type { IngestOptions } from './server.ts'
import { isEventsBody } from './shapes.ts'
import { takeEvents } from './take-events.ts'

/** What a request brings, once its site has said which query parameters it keeps. */
type Posted = {
  site: string
  sentAt: number
  tag: string | undefined
  warnings: readonly Warning[]
  check: (site: Site) => Checked
}
type Checked = { written: WrittenEvents[]; rejected: Rejected[] }
type Arrival = { request: FastifyRequest; reply: FastifyReply; posted: Posted; begun: number }
type Outcome = { rejected: Rejected[]; warnings: readonly Warning[] }
/** What is wrong with the request and did not keep its events from being taken. */
type Warning = { field: string; code: string; message: string }
export type EventsAnswer = { accepted: number; rejected: Rejected[]; warnings?: Warning[] }

const noWarnings: readonly Warning[] = []
const badTag: Warning = { field: 'tag', code: 'bad_field', message: `tag ${tagHelp}; it was left out` }

export function registerEvents(parent: FastifyInstance, options: IngestOptions): void {
  const { metrics } = options

  function take({ request, reply, posted, begun }: Arrival, sender: Sender): void {
    const { sentAt, tag, check } = posted
    const { written, rejected } = check(sender.site)
    const good = written.reduce((sum, { eventCount }) => sum + eventCount, 0)
    const outcome = { rejected, warnings: posted.warnings }
    if (asksNotToBeTracked(request)) {
      metrics.ignored += good
      answer(reply, 0, outcome)
    } else if (good === 0) answer(reply, 0, outcome)
    else
      takeEvents(options, request, reply, { sender, sentAt, tag, written }, (problem) => {
        if (problem) {
          reply.send(problem)
          return
        }
        metrics.accepted += good
        metrics.acknowledged((performance.now() - begun) / 1000)
        answer(reply, good, outcome)
      })
  }

  function answer(reply: FastifyReply, accepted: number, { rejected, warnings }: Outcome): void {
    for (const { code } of rejected) metrics.rejected(code)
    metrics.warnings += warnings.length
    reply.code(202)
    if (rejected.length > 0 || warnings.length > 0)
      reply.send({ accepted, rejected, ...(warnings.length > 0 && { warnings: [...warnings] }) } satisfies EventsAnswer)
    // The usual answer, as it always is.
    else reply.type('application/json; charset=utf-8').send(`{"accepted":${accepted},"rejected":[]}`)
  }

  // A scope of its own: its bodies are read in two ways, and not before it is known in which.
  parent.register(async (app) => {
    acceptBodies(app, (body) => body)
    app.post<{ Body: Buffer }>('/v1/events', (request, reply) => {
      const begun = performance.now()
      const posted = readCanonicalRequest(request.body) ?? parseRequest(request.body)
      const arrival = { request, reply, posted, begun }
      const sender = findSender(options, request, posted.site, request.headers.origin)
      if (!(sender instanceof Promise)) take(arrival, sender)
      else sender.then((found) => take(arrival, found)).catch((problem: unknown) => reply.send(problem))
    })
  })
}

function readCanonicalRequest(body: Buffer): Posted | undefined {
  const canonical = readCanonical(body)
  return canonical && { ...canonical, warnings: noWarnings, check: () => ({ written: [canonical], rejected: [] }) }
}

/** @throws Problem when it is no request of ours; what is wrong with an event is its own affair */
function parseRequest(text: Buffer): Posted {
  const body = parseJson(text)
  if (!isEventsBody(body)) throw new Problem('unreadable_body')
  const { site, sentAt, events, tag: given } = body
  const { tag, isBad } = readTag(given)
  return {
    site,
    sentAt,
    tag,
    warnings: isBad ? [badTag] : noWarnings,
    check({ queryParams }) {
      const { good, rejected } = checkEvents(events, queryParams)
      const { written, rejected: tooLarge } = writeEvents(good)
      return { written, rejected: [...rejected, ...tooLarge] }
    },
  }
}

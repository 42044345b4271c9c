/** `POST /v1/events`: what pages send. Answered when every good event of the request is durable, not before. */
import type { FastifyInstance } from 'fastify'
import { readCanonical } from '../stream/canonical.ts'
import type { Site } from '../stream/site.ts'
import { readTag, tagHelp } from '../stream/tag.ts'
import { acceptBodies, parseJson } from './body.ts'
import { checkEvents, type Rejected, type WrittenEvents, writeEvents } from './deliveries.ts'
import { Problem } from './problems.ts'
import type { IngestOptions } from './server.ts'
import { isEventsBody } from './shapes.ts'
import { asksNotToBeTracked, findSite, takeEvents } from './take-events.ts'

/** What a request brings, once its site has said which query parameters it keeps. */
type Posted = {
  site: string
  sentAt: number
  tag: string | undefined
  warnings: readonly Warning[]
  check: (site: Site) => Checked
}
type Checked = { written: WrittenEvents[]; rejected: Rejected[] }
/** What is wrong with the request and did not keep its events from being taken. */
type Warning = { field: string; code: string; message: string }
export type EventsAnswer = { accepted: number; rejected: Rejected[]; warnings?: Warning[] }

const noWarnings: readonly Warning[] = []
const badTag: Warning = { field: 'tag', code: 'bad_field', message: `tag ${tagHelp}; it was left out` }

export function registerEvents(parent: FastifyInstance, options: IngestOptions): void {
  const { metrics } = options
  // A scope of its own: its bodies are read in two ways, and not before it is known in which.
  parent.register(async (app) => {
    acceptBodies(app, (body) => body)
    app.post<{ Body: Buffer }>('/v1/events', async (request, reply) => {
      const begun = performance.now()
      const {
        site: name,
        sentAt,
        tag,
        warnings,
        check,
      } = readCanonicalRequest(request.body) ?? parseRequest(request.body)
      const site = await findSite(options, name, request.headers.origin)
      const { written, rejected } = check(site)
      const good = written.reduce((sum, { eventCount }) => sum + eventCount, 0)
      const ignored = asksNotToBeTracked(request)
      if (ignored) metrics.ignored += good
      else if (good > 0) {
        await takeEvents(options, request, reply, { site, sentAt, tag, written })
        metrics.accepted += good
        metrics.acknowledged((performance.now() - begun) / 1000)
      }
      for (const { code } of rejected) metrics.rejected(code)
      metrics.warnings += warnings.length
      reply.code(202)
      const accepted = ignored ? 0 : good
      if (rejected.length > 0 || warnings.length > 0)
        return { accepted, rejected, ...(warnings.length > 0 && { warnings: [...warnings] }) } satisfies EventsAnswer
      // The usual answer, as it always is.
      return reply.type('application/json; charset=utf-8').send(`{"accepted":${accepted},"rejected":[]}`)
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

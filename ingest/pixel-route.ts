/**
 * `GET /v1/pixel.gif`: one event from where no script runs, mail and noscript. 200 means the same as elsewhere: the
 * event is durable. A mail client that asks twice is two page loads, since it has no way to say otherwise.
 */
import { randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import type { FastifyInstance } from 'fastify'
import { readTag } from '../stream/tag.ts'
import { checkEvent } from '../stream/validate.ts'
import { writeEvents } from './deliveries.ts'
import { Problem } from './problems.ts'
import { asksNotToBeTracked, findSender } from './senders.ts'
import type { IngestOptions } from './server.ts'
import { isPixelQuery } from './shapes.ts'
import { takeEvents } from './take-events.ts'

/** The smallest transparent GIF. */
const pixel = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')

export function registerPixel(app: FastifyInstance, options: IngestOptions): void {
  const { metrics, now } = options
  app.get('/v1/pixel.gif', async (request, reply) => {
    const { query } = request
    if (!isPixelQuery(query)) throw new Problem('bad_event')
    const { site: name, tag: given, type = 'pageview', ...fields } = query
    const at = now()
    const sender = await findSender(options, request, name, undefined)
    const { queryParams } = sender.site
    const check = checkEvent({ ...fields, type, load: randomBytes(8).toString('hex'), n: 0, at }, queryParams)
    if (!check.ok) {
      metrics.rejected(check.code)
      throw new Problem('bad_event')
    }
    if (asksNotToBeTracked(request)) metrics.ignored++
    else {
      const { written } = writeEvents([{ index: 0, event: check.event }])
      const { tag, isBad } = readTag(given)
      // An image has no words for it.
      if (isBad) metrics.warnings++
      await promisify(takeEvents)(options, request, reply, { sender, sentAt: at, tag, written })
      metrics.accepted++
      metrics.acknowledged((now() - at) / 1000)
    }
    return reply.headers({ 'content-type': 'image/gif', 'cache-control': 'no-store' }).send(pixel)
  })
}

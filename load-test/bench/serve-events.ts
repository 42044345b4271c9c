/** What the servers that the endpoint is compared with have in common: a process with one Fastify app. */
import type { AddressInfo } from 'node:net'
import fastify, { type FastifyInstance } from 'fastify'
import { limits } from '../../stream/limits.ts'
import { runService } from '../../stream/service.ts'

/** @param register adds the route `POST /v1/events`; its body is parsed JSON, whichever way it was labelled */
export async function serveEvents(register: (app: FastifyInstance) => void): Promise<void> {
  await runService(process, async () => {
    const app = fastify({ bodyLimit: limits.requestBytes })
    app.removeAllContentTypeParsers()
    app.addContentTypeParser(['text/plain', 'application/json'], { parseAs: 'string' }, (_request, body, done) => {
      try {
        done(null, JSON.parse(body as string))
      } catch (error) {
        done(error as Error)
      }
    })
    register(app)
    return {
      drainMs: 5000,
      onFault: (error) => console.error(error),
      async start() {
        await app.listen({ host: '127.0.0.1', port: 0 })
        return { port: (app.server.address() as AddressInfo).port }
      },
      stop: () => app.close(),
    }
  })
}

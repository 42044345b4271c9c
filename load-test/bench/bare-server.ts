/** The yardstick: Fastify with one route that parses the same body, stores nothing and answers 204. */
import { serveEvents } from './serve-events.ts'

await serveEvents((app) => {
  app.post('/v1/events', async (_request, reply) => reply.code(204).send())
})

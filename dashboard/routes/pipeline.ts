/** The pipeline behind the figures: how far each consumer is behind, for people and for Prometheus. */
import type { FastifyInstance } from 'fastify'
import type { PipelineAnswer } from '../answers.ts'
import { lagMetrics } from '../query/lag-metrics.ts'
import { judgeLags } from '../query/pipeline.ts'
import type { Store } from '../store/store.ts'
import { pipelineSchema } from './schemas.ts'

export type PipelineOptions = { store: Store; now: () => number }

export function registerPipeline(app: FastifyInstance, { store, now }: PipelineOptions): void {
  app.get(
    '/api/pipeline',
    {
      schema: {
        summary: 'The way of events: how far each consumer is behind in each shard',
        response: { 200: pipelineSchema },
      },
    },
    async (): Promise<PipelineAnswer> => {
      const at = now()
      return { at: new Date(at).toISOString(), lag: judgeLags(await store.lags.list(), at) }
    },
  )

  app.get('/metrics', async (_request, reply) =>
    reply.type('text/plain; version=0.0.4; charset=utf-8').send(lagMetrics(judgeLags(await store.lags.list(), now()))),
  )
}

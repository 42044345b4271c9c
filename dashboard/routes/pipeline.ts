/** The pipeline behind the figures: how far each consumer is behind and whether all adds up, for people and Prometheus. */
import type { FastifyInstance } from 'fastify'
import type { PipelineAnswer } from '../answers.ts'
import { lagMetrics } from '../query/lag-metrics.ts'
import { balanceOf, settledPeriod } from '../query/ledger.ts'
import { judgeLags } from '../query/pipeline.ts'
import type { Store } from '../store/store.ts'
import { pipelineSchema } from './schemas.ts'

export type PipelineOptions = { store: Store; now: () => number }

export function registerPipeline(app: FastifyInstance, { store, now }: PipelineOptions): void {
  app.get(
    '/api/pipeline',
    {
      schema: {
        summary: 'The way of events: how far each consumer is behind in each shard, and the account of an hour',
        response: { 200: pipelineSchema },
      },
    },
    async (): Promise<PipelineAnswer> => {
      const at = now()
      const period = settledPeriod(at)
      const [lags, aggregator, archiver] = await Promise.all([
        store.lags.list(),
        store.ledger.list('aggregator', period.from, period.to),
        store.ledger.list('archiver', period.from, period.to),
      ])
      return {
        at: new Date(at).toISOString(),
        lag: judgeLags(lags, at),
        ledger: balanceOf(period, aggregator, archiver),
      }
    },
  )

  app.get('/metrics', async (_request, reply) =>
    reply.type('text/plain; version=0.0.4; charset=utf-8').send(lagMetrics(judgeLags(await store.lags.list(), now()))),
  )
}

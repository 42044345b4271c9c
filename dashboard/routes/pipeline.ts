/** The pipeline behind the figures: how far each consumer is behind, what was set aside and whether all adds up, for people and Prometheus. */
import type { FastifyInstance } from 'fastify'
import { judgeLags } from '../../consumers/runtime/shapes/judged-lag.ts'
import type { PipelineAnswer } from '../answers.ts'
import { lagMetrics } from '../query/lag-metrics.ts'
import { balanceOf, settledPeriod } from '../query/ledger.ts'
import type { SetAside } from '../store/set-aside.ts'
import type { Store } from '../store/store.ts'
import { pipelineSchema } from './schemas.ts'

export type PipelineOptions = { store: Store; now: () => number }

export function registerPipeline(app: FastifyInstance, { store, now }: PipelineOptions): void {
  let failure: unknown

  app.get(
    '/api/pipeline',
    {
      schema: {
        summary:
          'The way of events: how far each consumer is behind in each shard, what waits or was set aside, and the account of an hour',
        response: { 200: pipelineSchema },
      },
    },
    async (): Promise<PipelineAnswer> => {
      const at = now()
      const period = settledPeriod(at)
      const [lags, aggregator, archiver, setAside] = await Promise.all([
        store.lags(),
        store.ledger('aggregator', period),
        store.ledger('archiver', period),
        store.setAside.read(),
      ])
      if (setAside.failure !== undefined && setAside.failure !== failure)
        app.log.warn({ err: setAside.failure }, 'overflow and quarantine cannot be listed')
      failure = setAside.failure
      return {
        at: new Date(at).toISOString(),
        lag: judgeLags(lags, at),
        ledger: balanceOf(period, aggregator, archiver),
        ...toAnswers(setAside),
      }
    },
  )

  app.get('/metrics', async (_request, reply) =>
    reply.type('text/plain; version=0.0.4; charset=utf-8').send(lagMetrics(judgeLags(await store.lags(), now()))),
  )
}

function toAnswers({ overflow, quarantine }: SetAside): Pick<PipelineAnswer, 'overflow' | 'quarantine'> {
  const oldestAt = overflow?.oldestAt
  return {
    overflow: overflow
      ? { ...overflow, oldestAt: oldestAt === undefined ? null : new Date(oldestAt).toISOString() }
      : null,
    quarantine: quarantine ?? null,
  }
}

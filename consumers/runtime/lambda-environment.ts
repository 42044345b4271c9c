/** What the three Lambda functions have in common. */
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import type { Settings } from '../../stream/settings.ts'
import { readTracing, Tracer } from '../../stream/tracing.ts'
import { createBatchMetrics } from './batch-metrics.ts'
import type { Consumer } from './consumer.ts'
import { createBatchReporter } from './lag-reporter.ts'
import { createLambdaHandler, type LambdaHandler, type LambdaOptions } from './lambda.ts'
import { type ConsumerEnvironment, consumerEnvironment } from './process.ts'
import { createShardReader } from './shard-reader.ts'
import { traceBatches } from './trace-batch.ts'

/** How long each consumer gathers records. In AWS that is set at the event source; the variable tells the function. */
type WindowSetting = Extract<keyof Settings, `RETRACE_${string}_WINDOW_MS`>

export type LambdaPace = {
  window: WindowSetting
  /** Says how long it is between two saves of a shard; without it every batch is saved. */
  saveInterval?: Extract<keyof Settings, `RETRACE_${string}_SAVE_INTERVAL_MS`>
}

export function lambdaHandlerFor(
  compose: (environment: ConsumerEnvironment) => Consumer,
  { window, saveInterval }: LambdaPace,
): LambdaHandler {
  const environment = consumerEnvironment(process.env)
  const now = () => Date.now()
  // Lambda names every function to itself.
  const source = { FunctionName: process.env.AWS_LAMBDA_FUNCTION_NAME ?? 'local' }
  const metrics = createBatchMetrics(source, (line) => process.stdout.write(line), now)
  const consumer = compose({ ...environment, ledger: { ...environment.ledger, counted: metrics.counted } })
  const log = pino({ level: environment.settings.RETRACE_LOG_LEVEL, name: consumer.name })
  const reader = createShardReader(environment.clients.kinesis, environment.settings.RETRACE_STREAM)
  const report = createBatchReporter({
    consumer: consumer.name,
    windowMs: environment.settings[window],
    store: environment.lag,
    now,
    onFault: (shard, err) => log.warn({ err, shard }, 'how far this is behind could not be reported'),
  })
  const onFault = (shard: string, err: unknown) => log.error({ err, shard }, 'Lambda will try again')
  const { checkpoints, settings } = environment
  const saveIntervalMs = saveInterval === undefined ? 0 : settings[saveInterval]
  const pause = (ms: number) => sleep(ms)
  const tracing = readTracing(process.env)
  const tracer = tracing && new Tracer(tracing, consumer.name, { fetch, now })
  const trace = tracer && traceBatches(tracer, consumer.name, settings.RETRACE_STREAM, now)
  const batchEnded: LambdaOptions['batchEnded'] = async (...batch) => {
    metrics.ended(...batch)
    trace?.(...batch)
    // The instance sleeps after this.
    await tracer?.flush()
  }
  return createLambdaHandler({ consumer, reader, checkpoints, saveIntervalMs, now, pause, onFault, report, batchEnded })
}

/** What the three Lambda functions have in common. */
import { pino } from 'pino'
import type { Settings } from '../../stream/settings.ts'
import type { Consumer } from './consumer.ts'
import { createBatchReporter } from './lag-reporter.ts'
import { createLambdaHandler, type LambdaHandler } from './lambda.ts'
import { type ConsumerEnvironment, consumerEnvironment } from './process.ts'
import { createShardReader } from './shard-reader.ts'

/** How long each consumer gathers records. In AWS that is set at the event source; the variable tells the function. */
type WindowSetting = Extract<keyof Settings, `RETRACE_${string}_WINDOW_MS`>

export function lambdaHandlerFor(
  compose: (environment: ConsumerEnvironment) => Consumer,
  window: WindowSetting,
): LambdaHandler {
  const environment = consumerEnvironment(process.env)
  const consumer = compose(environment)
  const log = pino({ level: environment.settings.RETRACE_LOG_LEVEL, name: consumer.name })
  const reader = createShardReader(environment.clients.kinesis, environment.settings.RETRACE_STREAM)
  const report = createBatchReporter({
    consumer: consumer.name,
    windowMs: environment.settings[window],
    store: environment.lag,
    now: () => Date.now(),
    onFault: (shard, err) => log.warn({ err, shard }, 'how far this is behind could not be reported'),
  })
  const onFault = (shard: string, err: unknown) => log.error({ err, shard }, 'Lambda will try again')
  return createLambdaHandler(consumer, reader, onFault, report)
}

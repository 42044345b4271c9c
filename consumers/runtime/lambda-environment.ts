/** What the three Lambda functions have in common. */
import { pino } from 'pino'
import type { Consumer } from './consumer.ts'
import { createLambdaHandler, type LambdaHandler } from './lambda.ts'
import { type ConsumerEnvironment, consumerEnvironment } from './process.ts'
import { createShardReader } from './shard-reader.ts'

export function lambdaHandlerFor(compose: (environment: ConsumerEnvironment) => Consumer): LambdaHandler {
  const environment = consumerEnvironment(process.env)
  const consumer = compose(environment)
  const log = pino({ level: environment.settings.RETRACE_LOG_LEVEL, name: consumer.name })
  const reader = createShardReader(environment.clients.kinesis, environment.settings.RETRACE_STREAM)
  return createLambdaHandler(consumer, reader, (shard, err) => log.error({ err, shard }, 'Lambda will try again'))
}

/** The endpoint as a Lambda function with a URL of its own, for small sites. */
import { pino } from 'pino'
import { readSettings } from '../../stream/settings.ts'
import { composeIngest } from '../compose.ts'
import { createMetricLines } from '../metric-lines.ts'
import { createUrlHandler, type UrlHandler } from './url-handler.ts'

const settings = readSettings(process.env)
const logger = pino({ level: settings.RETRACE_LOG_LEVEL, name: 'ingest' })
const { app, producer, metrics, minuteCounts, tracer } = await composeIngest(settings, logger, {
  snippet: new URL('snippet/', import.meta.url),
  host: 'function',
})
await app.ready()
// Kinesis may be away just now: until it answers, records find their shards by their keys.
await producer.refreshShardMap().catch((err: unknown) => logger.warn({ err }, 'the shard list could not be read'))

const lines = createMetricLines({
  // Lambda names every function to itself.
  source: { FunctionName: process.env.AWS_LAMBDA_FUNCTION_NAME ?? 'local' },
  metrics,
  inFlightBytes: () => producer.inFlightBytes,
  now: () => Date.now(),
  write: (line) => process.stdout.write(line),
})
const answer = createUrlHandler(app, producer)

/** What an instance counts after its last line goes with it: less than a minute's. */
export const handler: UrlHandler = async (event) => {
  const answered = await answer(event)
  lines.tell()
  const counts = minuteCounts.tell().catch((err: unknown) => logger.warn({ err }, 'counts are told the next time'))
  await Promise.all([tracer?.flush(), counts])
  return answered
}

/** The endpoint as a Lambda function with a URL of its own, for small sites. */
import { pino } from 'pino'
import { readSettings } from '../../stream/settings.ts'
import { composeIngest } from '../compose.ts'
import { createUrlHandler } from './url-handler.ts'

const settings = readSettings(process.env)
const logger = pino({ level: settings.RETRACE_LOG_LEVEL, name: 'ingest' })
const { app, producer } = await composeIngest(settings, logger, {
  snippet: new URL('snippet/', import.meta.url),
  host: 'function',
})
await app.ready()
// Kinesis may be away just now: until it answers, records find their shards by their keys.
await producer.refreshShardMap().catch((err: unknown) => logger.warn({ err }, 'the shard list could not be read'))

export const handler = createUrlHandler(app, producer)

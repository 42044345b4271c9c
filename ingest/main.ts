/** The process of the endpoint: settings, clients, listen, drain, exit. */
import { readFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { runService } from '../stream/service.ts'
import { readSettings } from '../stream/settings.ts'
import { createDynamoClient } from './dynamodb.ts'
import { createImportLedger } from './import-ledger.ts'
import { createKinesisClient, listShards, putRecordsTo } from './kinesis.ts'
import { Producer } from './producer.ts'
import { createSalts } from './salts.ts'
import { createIngest } from './server.ts'
import { createSiteRegistry } from './sites.ts'

await runService(process, async () => {
  const settings = readSettings(process.env)
  const logger = pino({ level: settings.RETRACE_LOG_LEVEL, name: 'ingest' })
  const now = () => Date.now()
  const kinesis = createKinesisClient()
  const dynamo = createDynamoClient()
  const table = (name: string) => settings.RETRACE_TABLE_PREFIX + name

  const producer = new Producer({
    lingerMs: settings.RETRACE_LINGER_MS,
    maxBatchBytes: settings.RETRACE_MAX_BATCH_BYTES,
    maxInFlightBytes: settings.RETRACE_MAX_IN_FLIGHT_BYTES,
    deadlineMs: settings.RETRACE_STORE_DEADLINE_MS,
    putRecords: putRecordsTo(kinesis, settings.RETRACE_STREAM),
    listShards: () => listShards(kinesis, settings.RETRACE_STREAM),
    onFault: (message, err) => logger.warn({ err }, message),
    now,
  })
  const app = createIngest({
    producer,
    salts: createSalts(dynamo, table('salts')),
    sites: createSiteRegistry(dynamo, table('sites')),
    imports: createImportLedger(dynamo, table('imports'), now),
    adminToken: settings.RETRACE_ADMIN_TOKEN,
    snippet: await readFile(new URL('../dist/retrace.js', import.meta.url)).catch((cause: unknown) => {
      throw new Error('dist/retrace.js is missing: run "npm run build"', { cause })
    }),
    trustedProxies: settings.RETRACE_TRUSTED_PROXIES,
    logger,
    now,
  })

  return {
    drainMs: settings.RETRACE_DRAIN_MS,
    onFault: (err) => logger.error({ err }, 'the endpoint did not stop cleanly'),
    async start() {
      // Kinesis may come up after us: requests are answered 503 until it has.
      await producer.isReady()
      await app.listen({ host: settings.RETRACE_HOST, port: settings.RETRACE_INGEST_PORT })
      return { port: (app.server.address() as AddressInfo).port }
    },
    async stop() {
      // Waiting requests are answered when their batch is durable; closing the app waits for them.
      await Promise.all([app.close(), producer.drain()])
    },
  }
})

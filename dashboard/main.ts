/** The process of the dashboard: settings, clients, page, listen, drain, exit. */
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import { topicsOf } from '../consumers/anomaly-detector/shapes/alert-topics.ts'
import { isMailSetUp } from '../consumers/mail/shapes/mail-settings.ts'
import { createTraces } from '../consumers/trace/shapes/traces.ts'
import { runService } from '../stream/service.ts'
import { readSettings, type Settings, SettingsError } from '../stream/settings.ts'
import { loadAssets } from './assets.ts'
import { createDashboard } from './server.ts'
import { createDynamoClient } from './store/dynamo-client.ts'
import type { FactsPlace } from './store/facts.ts'
import { createKinesisClient, createS3Client, createStore } from './store/store.ts'

const bundleFolder = fileURLToPath(new URL('../dist/dashboard', import.meta.url))

await runService(process, async () => {
  const settings = readSettings(process.env)
  if (settings.RETRACE_ADMIN_TOKEN === '')
    throw new SettingsError('RETRACE_ADMIN_TOKEN must be set: it is what people sign in to the dashboard with')
  const logger = pino({ level: settings.RETRACE_LOG_LEVEL, name: 'dashboard' })
  const dynamo = createDynamoClient()
  const s3 = createS3Client()
  const kinesis = createKinesisClient()
  const place = { dynamo, s3, tablePrefix: settings.RETRACE_TABLE_PREFIX, bucket: settings.RETRACE_BUCKET }
  const app = await createDashboard({
    store: createStore({ ...place, now: Date.now, facts: factsPlace(settings) }),
    traces: createTraces({ ...place, kinesis, stream: settings.RETRACE_STREAM }),
    assets: await loadAssets(bundleFolder),
    adminToken: settings.RETRACE_ADMIN_TOKEN,
    trustedProxies: settings.RETRACE_TRUSTED_PROXIES,
    edgeKey: settings.RETRACE_EDGE_KEY,
    ingestPort: settings.RETRACE_INGEST_PORT,
    endpointUrl: settings.RETRACE_ENDPOINT_URL,
    alertWays: {
      loopbackWebhooks: settings.RETRACE_WEBHOOK_LOOPBACK === 'allowed',
      email: isMailSetUp(settings),
      topics: topicsOf(settings),
    },
    logger,
    now: Date.now,
  })

  return {
    drainMs: settings.RETRACE_DRAIN_MS,
    onFault: (err) => logger.error({ err }, 'the dashboard did not stop cleanly'),
    async start() {
      await app.listen({ host: settings.RETRACE_HOST, port: settings.RETRACE_DASHBOARD_PORT })
      return { port: (app.server.address() as AddressInfo).port }
    },
    async stop() {
      // Ends the live streams, and waits for the answers that are under way.
      await app.close()
      dynamo.destroy()
      s3.destroy()
      kinesis.destroy()
    },
  }
})

function factsPlace(settings: Settings): FactsPlace {
  return {
    stream: settings.RETRACE_STREAM,
    folder: resolve(settings.RETRACE_FACTS_DIR || join(settings.RETRACE_DATA_DIR, 'facts')),
    maxMb: settings.RETRACE_FACTS_MAX_MB,
    memoryMb: settings.RETRACE_FACTS_MEMORY_MB,
    timeoutMs: settings.RETRACE_FACTS_TIMEOUT_MS,
  }
}

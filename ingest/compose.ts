/** The endpoint with its stores: what ingest/main.ts and ingest/function/ run. */
import { readFile } from 'node:fs/promises'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import type { Settings } from '../stream/settings.ts'
import type { TableName } from '../stream/tables.ts'
import { readTracing, Tracer } from '../stream/tracing.ts'
import { createDynamoClient } from './dynamodb.ts'
import { createImportLedger } from './import-ledger.ts'
import { createKinesisClient, listShards, putRecordsTo } from './kinesis.ts'
import { Metrics } from './metrics.ts'
import { createMinuteCounts, type MinuteCounts, putMinutesTo } from './minute-counts.ts'
import { createS3Client, listOverflow, putOverflowTo } from './overflow.ts'
import { Producer } from './producer.ts'
import { coalesce } from './put-records.ts'
import { createRateLimit } from './rate-limit.ts'
import { createSalts } from './salts.ts'
import { createIngest } from './server.ts'
import { createSiteRegistry } from './sites.ts'
import { type Snippet, snippetFiles } from './snippet-route.ts'
import { traceRecord } from './spans.ts'

export type Ingest = {
  app: FastifyInstance
  producer: Producer
  metrics: Metrics
  /** What it counts, for who watches the pipeline: told now and then by whoever runs it. */
  minuteCounts: MinuteCounts
  /** Where traces are gathered. */
  tracer: Tracer | undefined
  /** From now on the endpoint says that it is about to stop. */
  drain: () => void
}

export type IngestHost = {
  /** Folder of the files that `npm run build` makes. */
  snippet?: URL
  /**
   * A process goes on between requests. A function is frozen, so it tries stores with its requests alone; all of it is
   * reached from outside, so it has the public paths alone; and it takes no imports, whose token it would have to know.
   */
  host?: 'process' | 'function'
  now?: () => number
}

/** @throws when the snippet's files are not there */
export async function composeIngest(
  settings: Settings,
  logger: Logger,
  { snippet = new URL('../dist/', import.meta.url), host = 'process', now = () => Date.now() }: IngestHost = {},
): Promise<Ingest> {
  const kinesis = createKinesisClient()
  const dynamo = createDynamoClient()
  const s3 = createS3Client()
  const bucket = settings.RETRACE_BUCKET
  const table = (name: TableName) => settings.RETRACE_TABLE_PREFIX + name
  const metrics = new Metrics()
  const putRecords = putRecordsTo(kinesis, settings.RETRACE_STREAM)
  const tracing = readTracing(process.env)
  const tracer = tracing && new Tracer(tracing, 'ingest', { fetch, now })
  let draining = false

  const producer = new Producer({
    lingerMs: settings.RETRACE_LINGER_MS,
    maxBatchBytes: settings.RETRACE_MAX_BATCH_BYTES,
    maxInFlightBytes: settings.RETRACE_MAX_IN_FLIGHT_BYTES,
    patienceMs: settings.RETRACE_KINESIS_PATIENCE_MS,
    probes: host === 'process' ? 'in the background' : 'with requests',
    putTogether: coalesce(putRecords),
    putAlone: putRecords,
    putOverflow: putOverflowTo(s3, bucket),
    listShards: () => listShards(kinesis, settings.RETRACE_STREAM),
    checkOverflow: async () => {
      await listOverflow(s3, bucket, 1)
    },
    metrics,
    onBatch: tracer && traceRecord(tracer, settings.RETRACE_STREAM, now),
    onFault: (message, err) => logger.warn({ err }, message),
    now,
  })

  const app = createIngest({
    producer,
    maxInFlightBytes: settings.RETRACE_MAX_IN_FLIGHT_BYTES,
    salts: createSalts(dynamo, table('salts')),
    sites: createSiteRegistry(dynamo, table('sites')),
    ...(host === 'process' && {
      imports: createImportLedger(dynamo, table('imports'), now),
      overflow: overflowGauges,
    }),
    clientLimit: createRateLimit(settings.RETRACE_CLIENT_REQUESTS_PER_SECOND, now),
    siteLimit: createRateLimit(settings.RETRACE_SITE_REQUESTS_PER_SECOND, now),
    metrics,
    adminToken: settings.RETRACE_ADMIN_TOKEN,
    snippet: await readSnippet(snippet),
    trustedProxies: settings.RETRACE_TRUSTED_PROXIES,
    edgeKey: settings.RETRACE_EDGE_KEY,
    tracer,
    isDraining: () => draining,
    logger,
    now,
  })

  async function overflowGauges(): Promise<{ depth: number; oldestAgeSeconds: number }> {
    const waiting = await listOverflow(s3, bucket, 1000)
    const [oldest] = waiting
    return { depth: waiting.length, oldestAgeSeconds: oldest ? Math.max(0, (now() - oldest.createdAt) / 1000) : 0 }
  }

  return {
    app,
    producer,
    metrics,
    minuteCounts: createMinuteCounts({ metrics, put: putMinutesTo(dynamo, table('minutes')), now }),
    tracer,
    drain() {
      draining = true
    },
  }
}

async function readSnippet(folder: URL): Promise<Snippet> {
  const files = snippetFiles.map(async (name) => {
    const content = await readFile(new URL(name, folder)).catch((cause: unknown) => {
      throw new Error(`${name} of the snippet is missing: run "npm run build"`, { cause })
    })
    return [name, content] as const
  })
  return Object.fromEntries(await Promise.all(files)) as Snippet
}

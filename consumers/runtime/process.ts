/** What the three consumers' processes have in common: settings, clients, a runner, and its stop. */
import { type Logger, pino } from 'pino'
import type { Service } from '../../stream/service.ts'
import { readSettings, type Settings } from '../../stream/settings.ts'
import type { TableName } from '../../stream/tables.ts'
import { readTracing, Tracer } from '../../stream/tracing.ts'
import { type Checkpoints, createCheckpoints } from './checkpoints.ts'
import { type Clients, createClients } from './clients.ts'
import type { Consumer } from './consumer.ts'
import { createLagReporter } from './lag-reporter.ts'
import { createLagStore, type LagStore } from './lag-store.ts'
import { createLedgerStore, type LedgerStore } from './ledger-store.ts'
import { createObjects, type Objects } from './objects.ts'
import { createQuarantine, type Quarantined } from './quarantine.ts'
import type { Quarantine } from './records.ts'
import { type Pace, Runner } from './runner.ts'
import { createShardReader } from './shard-reader.ts'
import { traceBatches } from './trace-batch.ts'

/** What a consumer is made of, besides what it alone needs. */
export type ConsumerEnvironment = {
  settings: Settings
  clients: Clients
  table: (name: TableName) => string
  checkpoints: Checkpoints
  lag: LagStore
  objects: Objects
  ledger: LedgerStore
  quarantine: Quarantine
}

/** @param onQuarantined is told of every record that goes to the quarantine; by default the log is */
export function consumerEnvironment(
  env: NodeJS.ProcessEnv,
  onQuarantined?: (entry: Quarantined) => void,
): ConsumerEnvironment {
  const settings = readSettings(env)
  const clients = createClients()
  const table = (name: TableName) => settings.RETRACE_TABLE_PREFIX + name
  const objects = createObjects(clients.s3, settings.RETRACE_BUCKET)
  return {
    settings,
    clients,
    table,
    checkpoints: createCheckpoints(clients.dynamo, table('checkpoints')),
    lag: createLagStore(clients.dynamo, table('lag')),
    objects,
    ledger: createLedgerStore(clients.dynamo, table('ledger')),
    quarantine: createQuarantine(objects, onQuarantined ?? logQuarantined(settings)),
  }
}

function logQuarantined(settings: Settings): (entry: Quarantined) => void {
  const log = pino({ level: settings.RETRACE_LOG_LEVEL, name: 'quarantine' })
  const total = { records: 0, events: 0 }
  return (entry) => {
    total.records++
    total.events += entry.events ?? 0
    log.error({ ...entry, sinceStart: { ...total } }, 'a record was passed over (npm run quarantine)')
  }
}

/** A consumer as a process of its own, reading the stream by itself. */
export function consumerService(environment: ConsumerEnvironment, consumer: Consumer, pace: Pace): Service {
  const { settings, clients } = environment
  const log: Logger = pino({ level: settings.RETRACE_LOG_LEVEL, name: consumer.name })
  const now = () => Date.now()
  const lag = createLagReporter({
    consumer: consumer.name,
    windowMs: pace.windowMs,
    store: environment.lag,
    now,
    onFault: (shard, err) => log.warn({ err, shard }, 'how far this is behind could not be reported'),
  })
  const tracing = readTracing(process.env)
  const tracer = tracing && new Tracer(tracing, consumer.name, { fetch, now })
  const trace = tracer && traceBatches(tracer, consumer.name, settings.RETRACE_STREAM, now)
  const runner = new Runner({
    consumer,
    reader: createShardReader(clients.kinesis, settings.RETRACE_STREAM),
    pace,
    now,
    onFault: (shard, err) => log.warn({ err, shard }, 'starting this shard again from its last save'),
    observer: {
      ...lag,
      handled(shardId, records, begunAt) {
        lag.handled(shardId, records, begunAt)
        trace?.(shardId, records, begunAt, true)
      },
    },
  })
  let running: Promise<void> | undefined
  return {
    drainMs: settings.RETRACE_DRAIN_MS,
    onFault: (err) => log.error({ err }, `${consumer.name} did not stop cleanly`),
    async start() {
      tracer?.start()
      running = runner.run()
      return {}
    },
    async stop() {
      runner.stop()
      await running
      await Promise.all([lag.settled(), tracer?.stop()])
    },
  }
}

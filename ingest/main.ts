/** The process of the endpoint: listen, drain, exit. */
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { pino } from 'pino'
import { runService } from '../stream/service.ts'
import { readSettings } from '../stream/settings.ts'
import { composeIngest } from './compose.ts'
import { createMetricLines } from './metric-lines.ts'

/**
 * A request waits for its batch, so some are always alive when the collector comes, and V8 takes what survives for what
 * stays: it begins to make such objects old at once, each dead one keeps its whole request, and every second
 * collection becomes one of all the heap. That was a fifth of the endpoint's processor time (docs/measurements.md).
 */
setFlagsFromString('--no-allocation-site-pretenuring')
/** The whole heap is looked through when what stays has doubled: it is 30 MB, and by default it is looked through for 8 MB more. */
setFlagsFromString('--heap-growing-percent=100')

/** How often it looks how much is waiting to be stored. */
const sampleMs = 250
/** How often it looks whether what it counted is to be told. */
const countsMs = 5000

await runService(process, async () => {
  const settings = readSettings(process.env)
  const logger = pino({ level: settings.RETRACE_LOG_LEVEL, name: 'ingest' })
  const { app, producer, metrics, minuteCounts, tracer, drain } = await composeIngest(settings, logger)
  const lines = createMetricLines({
    source: { Service: settings.RETRACE_METRICS_SERVICE },
    metrics,
    inFlightBytes: () => producer.inFlightBytes,
    now: () => Date.now(),
    write: (line) => process.stdout.write(line),
  })
  const tellsMetrics = settings.RETRACE_METRICS_SERVICE !== ''
  const watch = () => {
    lines.sample()
    lines.tell()
  }
  const tellCounts = (inAnyCase?: boolean) =>
    minuteCounts.tell(inAnyCase).catch((err: unknown) => logger.warn({ err }, 'counts are told the next time'))
  return {
    drainMs: settings.RETRACE_DRAIN_MS,
    onFault: (err) => logger.error({ err }, 'the endpoint did not stop cleanly'),
    async start() {
      // Kinesis may come up after us: until then records find their shards by their keys.
      await producer.refreshShardMap().catch((err: unknown) => logger.warn({ err }, 'the shard list could not be read'))
      tracer?.start()
      if (tellsMetrics) setInterval(watch, sampleMs).unref()
      setInterval(tellCounts, countsMs).unref()
      await app.listen({ host: settings.RETRACE_HOST, port: settings.RETRACE_INGEST_PORT })
      return { port: (app.server.address() as AddressInfo).port }
    },
    async stop() {
      drain()
      // Answers ask clients to close their connections now. One that is closed from here, while a request is on its way
      // in it, would leave that request without an answer; and a load balancer looks at /readyz only now and then.
      await sleep(settings.RETRACE_DRAIN_DELAY_MS)
      // Closing stops listening and waits for the requests under way, which wait for their batches: those go now.
      await Promise.all([app.close(), producer.drain()])
      await Promise.all([tracer?.stop(), tellCounts(true)])
      if (!tellsMetrics) return
      lines.sample()
      lines.tell(true)
    },
  }
})

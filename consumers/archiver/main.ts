/** The archiver as a process, with the compactor beside it. */
import { pino } from 'pino'
import { runService, together } from '../../stream/service.ts'
import { compactionOptions, createCompactor } from '../compactor/compactor.ts'
import { compactorService } from '../compactor/service.ts'
import { consumerEnvironment, consumerService } from '../runtime/process.ts'
import { composeArchiver, parquetStores } from './compose.ts'

await runService(process, async () => {
  const environment = consumerEnvironment(process.env)
  const { settings } = environment
  const log = pino({ level: settings.RETRACE_LOG_LEVEL, name: 'compactor' })
  const archiver = consumerService(environment, composeArchiver(environment), {
    // Nobody waits for the archive: few reads, large objects.
    pollMs: 2500,
    windowMs: settings.RETRACE_ARCHIVER_WINDOW_MS,
    batchRecords: settings.RETRACE_ARCHIVER_BATCH_RECORDS,
    saveIntervalMs: 60_000,
  })
  const compactor = compactorService({
    compactor: createCompactor(parquetStores(environment), compactionOptions(settings)),
    now: () => Date.now(),
    intervalMs: settings.RETRACE_COMPACTION_INTERVAL_MS,
    firstDays: 31,
    drainMs: settings.RETRACE_DRAIN_MS,
    onFault: (err) => log.warn({ err }, 'compacting the archive in the next pass'),
  })
  return together(archiver, compactor)
})

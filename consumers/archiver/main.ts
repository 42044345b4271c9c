/** The archiver as a process. */
import { runService } from '../../stream/service.ts'
import { consumerEnvironment, consumerService } from '../runtime/process.ts'
import { createArchiver } from './archiver.ts'

await runService(process, async () => {
  const environment = consumerEnvironment(process.env)
  return consumerService(environment, createArchiver(environment), {
    // Nobody waits for the archive: few reads, large objects.
    pollMs: 2500,
    windowMs: environment.settings.RETRACE_ARCHIVER_WINDOW_MS,
    batchRecords: 5000,
    saveIntervalMs: 60_000,
  })
})

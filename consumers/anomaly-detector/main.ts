/** The anomaly detector as a process. */
import { runService } from '../../stream/service.ts'
import { consumerEnvironment, consumerService } from '../runtime/process.ts'
import { composeAnomalyDetector } from './compose.ts'

await runService(process, async () => {
  const environment = consumerEnvironment(process.env)
  return consumerService(environment, composeAnomalyDetector(environment), {
    pollMs: 1000,
    windowMs: environment.settings.RETRACE_ANOMALY_DETECTOR_WINDOW_MS,
    batchRecords: 2000,
    saveIntervalMs: 15_000,
  })
})

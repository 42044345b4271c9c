/** The aggregator as a process. */
import { runService } from '../../stream/service.ts'
import { consumerEnvironment, consumerService } from '../runtime/process.ts'
import { composeAggregator } from './compose.ts'

await runService(process, async () => {
  const environment = consumerEnvironment(process.env)
  const { settings } = environment
  return consumerService(environment, composeAggregator(environment), {
    // Most of a shard's five reads a second: this is the consumer that somebody is looking at.
    pollMs: 300,
    windowMs: settings.RETRACE_AGGREGATOR_WINDOW_MS,
    batchRecords: 2000,
    saveIntervalMs: settings.RETRACE_AGGREGATOR_SAVE_INTERVAL_MS,
  })
})

/** The anomaly detector as a process, with the judges and the deliverer beside it. */
import { pino } from 'pino'
import { runService, together } from '../../stream/service.ts'
import { consumerEnvironment, consumerService } from '../runtime/process.ts'
import { composeAnomalyDetector, composeDeliverer, composeJudge, composePipelineJudge } from './compose.ts'
import { delivererService } from './deliver/service.ts'
import { judgeService } from './judge/service.ts'

await runService(process, async () => {
  const environment = consumerEnvironment(process.env)
  const { settings } = environment
  const log = pino({ level: settings.RETRACE_LOG_LEVEL, name: 'anomaly-judge' })
  const detector = consumerService(environment, composeAnomalyDetector(environment), {
    pollMs: 1000,
    windowMs: settings.RETRACE_ANOMALY_DETECTOR_WINDOW_MS,
    batchRecords: 2000,
    // The judge goes by what is saved.
    saveIntervalMs: 5000,
  })
  const judge = judgeService({
    judge: composeJudge(environment),
    now: () => Date.now(),
    drainMs: settings.RETRACE_DRAIN_MS,
    onFault: (err, site) => log.warn({ err, site }, 'judging minutes in the next round'),
  })
  const pipelineJudge = judgeService({
    judge: composePipelineJudge(environment),
    now: () => Date.now(),
    drainMs: settings.RETRACE_DRAIN_MS,
    onFault: (err) => log.warn({ err }, 'judging minutes of the pipeline in the next round'),
  })
  const deliverer = delivererService({
    deliverer: composeDeliverer(environment),
    drainMs: settings.RETRACE_DRAIN_MS,
    onFault: (err) => log.warn({ err }, 'delivering to webhooks in the next round'),
  })
  return together(detector, together(judge, together(pipelineJudge, deliverer)))
})

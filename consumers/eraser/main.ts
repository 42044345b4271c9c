/** The eraser as a process: looks now and then whether something is to be erased. */
import { pino } from 'pino'
import { roundsService, runService } from '../../stream/service.ts'
import { consumerEnvironment } from '../runtime/process.ts'
import { createEraser, eraserOptions } from './erase.ts'

const lookEveryMs = 5000

await runService(process, async () => {
  const environment = consumerEnvironment(process.env)
  const { settings } = environment
  const log = pino({ level: settings.RETRACE_LOG_LEVEL, name: 'eraser' })
  const eraser = createEraser(environment, eraserOptions(settings))
  return roundsService({
    async round(signal) {
      try {
        const { done, faults } = await eraser.round(signal)
        for (const err of faults) log.error({ err }, 'an erasure could not go on; trying again')
        if (done > 0) log.info({ done }, 'erased')
      } catch (err) {
        if (!signal.aborted) log.error({ err }, 'erasures could not be looked after; trying again')
      }
      return lookEveryMs
    },
    drainMs: settings.RETRACE_DRAIN_MS,
    onFault: (err) => log.error({ err }, 'the eraser did not stop cleanly'),
  })
})

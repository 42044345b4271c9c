/** The eraser as a process: looks now and then whether something is to be erased. */
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { runService } from '../../stream/service.ts'
import { consumerEnvironment } from '../runtime/process.ts'
import { createEraser, eraserOptions } from './erase.ts'

const lookEveryMs = 5000

await runService(process, async () => {
  const environment = consumerEnvironment(process.env)
  const { settings } = environment
  const log = pino({ level: settings.RETRACE_LOG_LEVEL, name: 'eraser' })
  const eraser = createEraser(environment, eraserOptions(settings))
  const stop = new AbortController()

  async function run(): Promise<void> {
    while (!stop.signal.aborted) {
      try {
        const { done, faults } = await eraser.round(stop.signal)
        for (const err of faults) log.error({ err }, 'an erasure could not go on; trying again')
        if (done > 0) log.info({ done }, 'erased')
      } catch (err) {
        if (!stop.signal.aborted) log.error({ err }, 'erasures could not be looked after; trying again')
      }
      await sleep(lookEveryMs, undefined, { signal: stop.signal }).catch(() => {})
    }
  }

  let running: Promise<void> | undefined
  return {
    drainMs: settings.RETRACE_DRAIN_MS,
    onFault: (err) => log.error({ err }, 'the eraser did not stop cleanly'),
    async start() {
      running = run()
      return {}
    },
    async stop() {
      stop.abort()
      await running
    },
  }
})

/**
 * Takes up the replays that dashboards ask for, one at a time, and goes on with what was left by a process that died.
 * In AWS nobody waits: a task is started when there is something to do (drain.ts).
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { runService } from '../../stream/service.ts'
import { consumerEnvironment } from '../runtime/process.ts'
import { runNext } from './run-next.ts'

const lookEveryMs = 5000

await runService(process, async () => {
  const environment = consumerEnvironment(process.env)
  const { settings } = environment
  const log = pino({ level: settings.RETRACE_LOG_LEVEL, name: 'replay' })

  async function serve(): Promise<never> {
    while (true) {
      const ran = await runNext(environment, log).catch((err: unknown) => {
        log.error({ err }, 'replays could not be looked after')
        return false
      })
      if (!ran) await sleep(lookEveryMs)
    }
  }

  return {
    drainMs: settings.RETRACE_DRAIN_MS,
    onFault: (err) => log.error({ err }, 'the replay service did not stop cleanly'),
    async start() {
      void serve()
      return {}
    },
    // To end in the middle is as good as any end: the next process goes on from the last save.
    async stop() {},
  }
})

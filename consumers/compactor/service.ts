/** Lets a service compact the archive beside its work. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Service } from '../../stream/service.ts'
import { type Compactor, compactDays } from './compactor.ts'

export type CompactionPace = {
  now: () => number
  intervalMs: number
  /** Days of arrival that the first pass looks at: what a stop of any length has left is found once. */
  firstDays: number
  onFault: (error: unknown) => void
}

/** Today and the day whose last hour may still be open. */
const usualDays = 2

export function withCompaction(service: Service, compactor: Compactor, pace: CompactionPace): Service {
  const stop = new AbortController()
  let running = Promise.resolve()

  async function run(): Promise<void> {
    let days = pace.firstDays
    while (!stop.signal.aborted) {
      try {
        const { faults } = await compactDays(compactor, days, pace.now(), stop.signal)
        faults.forEach(pace.onFault)
        days = usualDays
      } catch (error) {
        if (!stop.signal.aborted) pace.onFault(error)
      }
      await sleep(pace.intervalMs, undefined, { signal: stop.signal }).catch(() => {})
    }
  }

  return {
    ...service,
    async start() {
      const started = await service.start()
      running = run()
      return started
    },
    async stop() {
      stop.abort()
      await Promise.all([service.stop(), running])
    },
  }
}

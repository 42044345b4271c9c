/** The compactor in a process, beside the archiver. */
import { roundsService, type Service } from '../../stream/service.ts'
import { type Compactor, compactDays } from './compactor.ts'

export type CompactorServiceOptions = {
  compactor: Compactor
  now: () => number
  intervalMs: number
  /** Days of arrival that the first pass looks at: what a stop of any length has left is found once. */
  firstDays: number
  drainMs: number
  /** Told of what the next pass tries again. */
  onFault: (error: unknown) => void
}

/** Today and the day whose last hour may still be open. */
const usualDays = 2

export function compactorService(options: CompactorServiceOptions): Service {
  const { compactor, now, intervalMs, drainMs, onFault } = options
  let days = options.firstDays
  return roundsService({
    drainMs,
    onFault,
    async round(signal) {
      try {
        const { faults } = await compactDays(compactor, days, now(), signal)
        faults.forEach(onFault)
        days = usualDays
      } catch (error) {
        if (!signal.aborted) onFault(error)
      }
      return intervalMs
    },
  })
}

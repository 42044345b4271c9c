/** The deliverer in a process: looks every second. */
import { roundsService, type Service } from '../../../stream/service.ts'
import type { Deliverer } from './deliverer.ts'

export type DelivererServiceOptions = {
  deliverer: Deliverer
  drainMs: number
  /** Told of what the next round tries again. */
  onFault: (error: unknown) => void
}

const pauseMs = 1000

export function delivererService({ deliverer, drainMs, onFault }: DelivererServiceOptions): Service {
  return roundsService({
    drainMs,
    onFault,
    async round(signal) {
      try {
        const { faults } = await deliverer.round(signal)
        for (const fault of faults) onFault(fault)
      } catch (error) {
        if (!signal.aborted) onFault(error)
      }
      return pauseMs
    },
  })
}

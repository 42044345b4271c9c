/** The judge in a process: looks as soon as a minute can be over, and until it is judged, every second. */
import { roundsService, type Service } from '../../../stream/service.ts'
import { minuteOf } from '../minutes.ts'
import { minuteMs } from '../watch/kinds.ts'
import { graceMs, type Judge } from './judge.ts'

export type JudgeServiceOptions = {
  judge: Judge
  now: () => number
  drainMs: number
  /** Told of what the next round tries again. */
  onFault: (error: unknown, site?: string) => void
}

const againMs = 1000

export function judgeService({ judge, now, drainMs, onFault }: JudgeServiceOptions): Service {
  return roundsService({
    drainMs,
    onFault,
    async round(signal) {
      try {
        const { until, faults } = await judge.round(signal)
        for (const { site, error } of faults) onFault(error, site)
        return pauseAfter(faults.length > 0 ? 0 : until, now())
      } catch (error) {
        if (!signal.aborted) onFault(error)
        return againMs
      }
    },
  })
}

/** @param until all minutes before it are judged */
function pauseAfter(until: number, now: number): number {
  if (until < minuteOf(now - graceMs)) return againMs
  return Math.max(againMs, until + minuteMs + graceMs - now)
}

/** What the endpoint has counted since the last time, as a line of its log that CloudWatch takes metrics from. */
import { type Measured, type MetricSource, metricLine, occurred } from '../stream/embedded-metrics.ts'
import type { Metrics, Totals } from './metrics.ts'

export type MetricLinesOptions = {
  source: MetricSource
  metrics: Pick<Metrics, 'totals'>
  /** Bytes of events that wait to be stored. */
  inFlightBytes: () => number
  now: () => number
  write: (line: string) => void
}

export type MetricLines = {
  /** Looks how much is waiting: the most that was seen since the last line is what a line says. */
  sample(): void
  /** Writes a line if the last one is long enough ago, or in any case. */
  tell(inAnyCase?: boolean): void
}

/** As CloudWatch counts; a line a request would cost more than the request. */
const everyMs = 60_000

/** Counts of shards that were closed meanwhile are gone with them: less is told then, never something below 0. */
export function createMetricLines({ source, metrics, inFlightBytes, now, write }: MetricLinesOptions): MetricLines {
  let last = metrics.totals()
  let lastAt = now()
  let most: number | undefined

  const since = (totals: Totals, name: keyof Totals) => Math.max(0, totals[name] - last[name])

  return {
    sample() {
      most = Math.max(most ?? 0, inFlightBytes())
    },
    tell(inAnyCase = false) {
      const at = now()
      if (!inAnyCase && at - lastAt < everyMs) return
      const totals = metrics.totals()
      const counts = occurred({
        Accepted: since(totals, 'accepted'),
        Ignored: since(totals, 'ignored'),
        Rejected: since(totals, 'rejected'),
        Overflowed: since(totals, 'overflowed'),
        Throttled: since(totals, 'throttled'),
        Unavailable: since(totals, 'unavailable'),
      })
      // Also when nothing waits: that is what tasks are taken away for.
      const waiting: Record<string, Measured> =
        most === undefined ? {} : { InFlightBytes: { value: most, unit: 'Bytes' } }
      if (Object.keys({ ...counts, ...waiting }).length > 0) write(metricLine(source, { ...counts, ...waiting }, at))
      last = totals
      lastAt = at
      most = undefined
    },
  }
}

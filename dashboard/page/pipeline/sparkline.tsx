/** How far behind over the last minutes, as a line without axes; its label says the same in words. */

import { formatFineDuration } from '../format.ts'
import type { Point } from './summary.ts'
import { pipelineTexts } from './texts.ts'

const width = 100
const height = 24
/** The line is not cut in half at its ends. */
const margin = 1.5
/** What is less than this looks like nothing, because it is. */
const leastTopSeconds = 1
/** The line begins at the left once there is this much of it. */
const leastSpanMs = 60_000

export function Sparkline({ series }: { series: readonly Point[] }) {
  const end = series.at(-1)?.at ?? 0
  const top = Math.max(leastTopSeconds, ...series.map(({ seconds }) => seconds))
  const spanMs = Math.max(leastSpanMs, end - (series[0]?.at ?? end))
  const x = (at: number) => round(width - ((end - at) / spanMs) * width)
  const y = (seconds: number) => round(height - margin - (seconds / top) * (height - 2 * margin))
  const line = series.map(({ at, seconds }) => `${x(at)} ${y(seconds)}`).join('L')
  const label = pipelineTexts.sparkline(formatFineDuration(Math.max(0, ...series.map(({ seconds }) => seconds))))
  return (
    <svg class="sparkline" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label={label}>
      <title>{label}</title>
      <path class="sparkline-ground" d={`M0 ${height - margin}H${width}`} />
      {series.length > 1 && (
        <>
          <path class="sparkline-area" d={`M${line}V${height}H${x(series[0]?.at ?? end)}Z`} />
          <path class="sparkline-line" d={`M${line}`} />
        </>
      )}
    </svg>
  )
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}

/** How many requests took how long: bars of equal width on a scale of powers of ten. */
import type { LoadCounts } from '../tally.ts'
import type { TimelineReport } from '../timeline.ts'
import { count, duration } from './format.ts'
import { plot, plotBottom, plotLeft, plotRight, plotTop, px } from './plot.ts'
import { linearScale, logScale, roundUp } from './scale.ts'

export function distributionPlot(
  distribution: TimelineReport['distribution'],
  latencyMs: LoadCounts['latencyMs'],
): string {
  const from = distribution[0]?.from ?? 1
  const to = distribution.at(-1)?.to ?? 10
  const total = distribution.reduce((sum, { requests }) => sum + requests, 0)
  const x = logScale({ from, to, start: plotLeft, end: plotRight, format: duration })
  const most = Math.max(1, ...distribution.map(({ requests }) => requests))
  // Room above the bars for the names of the percentiles.
  const y = linearScale({ from: 0, to: roundUp(most), start: plotBottom, end: plotTop + 34, format: count }, 4)
  const bars = distribution.map((bar) => {
    const [left, right, top] = [x.at(bar.from), x.at(bar.to), y.at(bar.requests)]
    const place = `x="${px(left)}" width="${px(Math.max(0.5, right - left - 1))}" y="${px(top)}" height="${px(plotBottom - top)}"`
    return `<rect class="bar blue" ${place}/>`
  })
  return plot({
    title: 'Distribution',
    yUnit: 'requests by latency, log scale',
    description: `Half of the requests took up to ${duration(latencyMs.p50)}, 99 in 100 up to ${duration(latencyMs.p99)}`,
    x,
    y,
    legend: [],
    body: bars.join('') + markers(x.at, latencyMs),
    hovers: distribution.map((bar) => ({
      from: x.at(bar.from),
      to: x.at(bar.to),
      lines: [
        `${duration(bar.from)} to ${duration(bar.to)}`,
        `${count(bar.requests)} requests (${((100 * bar.requests) / (total || 1)).toFixed(1)} %)`,
      ],
    })),
  })
}

/** Upright lines at the percentiles, each named at its top: a row lower where the name before it is in the way. */
function markers(at: (ms: number) => number, latencyMs: LoadCounts['latencyMs']): string {
  let free = Number.NEGATIVE_INFINITY
  let row = 0
  return (['p50', 'p90', 'p99'] as const)
    .map((name) => {
      const x = at(latencyMs[name])
      const label = `${name} ${duration(latencyMs[name])}`
      const width = label.length * 7
      // Before its line where there is no room behind it.
      const left = x + 4 + width > plotRight ? x - 4 - width : x + 4
      row = left < free ? row + 1 : 0
      free = left + width
      const top = plotTop + row * 14
      const line = `<line class="marker" x1="${px(x)}" x2="${px(x)}" y1="${top}" y2="${plotBottom}"/>`
      return `${line}<text class="strong" x="${px(left)}" y="${top + 10}">${label}</text>`
    })
    .join('')
}

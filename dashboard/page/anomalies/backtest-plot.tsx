/** A series with the band that was expected of it, and the stretches that would have been told. */
import { area, line } from 'd3-shape'
import { useRef } from 'preact/hooks'
import type { BacktestAnswer } from '../../anomaly-answers.ts'
import { createScales, type TimeTick, timeTicks, valueTicks } from '../chart/scales.ts'
import { useWidth } from '../chart/use-width.ts'
import { timeFormats } from '../format.ts'
import type { MetricView } from '../metrics.ts'

type BacktestPlotProps = { answer: BacktestAnswer; metric: MetricView; timeZone: string }
type Placed = BacktestAnswer['points'][number] & { index: number; time: number }

const height = 240
const margins = { left: 48, right: 8, top: 12, bottom: 28 }
const stepMs = { minute: 60_000, hour: 3_600_000 }

/** What it shows stands beside it in words: it is not read out. */
export function BacktestPlot({ answer, metric, timeZone }: BacktestPlotProps) {
  const box = useRef<HTMLDivElement>(null)
  const width = useWidth(box)
  const points = answer.points.map((point, index): Placed => ({ ...point, index, time: Date.parse(point.at) }))
  const most = Math.max(0, ...points.map(({ observed, high }) => Math.max(observed, high ?? 0)))
  const ticks = valueTicks(metric.kind, most)
  const frame = { width, height, ...margins }
  const scales = createScales(frame, points.length, ticks.at(-1) || 1)
  const base = height - margins.bottom
  const isKnown = ({ low }: Placed) => low !== null
  const band = area<Placed>()
    .defined(isKnown)
    .x(({ index }) => scales.x(index))
    .y0(({ low }) => scales.y(low ?? 0))
    .y1(({ high }) => scales.y(high ?? 0))
  const drawn = line<Placed>()
    .x(({ index }) => scales.x(index))
    .y(({ observed }) => scales.y(observed))
  const first = points[0]?.time ?? 0
  /** Where a time lies among the points, as far as it does. */
  const placeOf = (at: string) =>
    scales.x(Math.min(points.length - 1, Math.max(0, (Date.parse(at) - first) / stepMs[answer.interval])))
  return (
    <div class="backtest-plot" ref={box}>
      {width > 0 && (
        <svg class="plot" width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
          {ticks.map((value) => (
            <g key={value}>
              <line
                class={value === 0 ? 'plot-base' : 'plot-grid'}
                x1={frame.left}
                x2={width}
                y1={Math.round(scales.y(value)) + 0.5}
                y2={Math.round(scales.y(value)) + 0.5}
              />
              <text
                class="plot-value"
                x={frame.left - 8}
                y={scales.y(value)}
                text-anchor="end"
                dominant-baseline="middle"
              >
                {metric.formatTick(value, ticks.at(-1) ?? 0)}
              </text>
            </g>
          ))}
          {ticksOf(points, answer, width, timeZone).map(({ index, label }) => (
            <text key={index} class="plot-time" x={scales.x(index)} y={height - 6}>
              {label}
            </text>
          ))}
          {answer.anomalies.map(({ id, at, end }) => {
            const x = placeOf(at)
            const until = end === undefined ? scales.x(points.length - 1) : placeOf(end)
            return (
              <rect
                key={id}
                class="backtest-told"
                x={x - 1}
                width={Math.max(3, until - x + 2)}
                y={frame.top}
                height={base - frame.top}
              />
            )
          })}
          <path class="backtest-band" d={band(points) ?? ''} />
          <path class="plot-line" d={drawn(points) ?? ''} />
        </svg>
      )}
    </div>
  )
}

function ticksOf(points: readonly Placed[], { interval }: BacktestAnswer, width: number, timeZone: string): TimeTick[] {
  const times = points.map(({ time }) => ({ at: time }))
  // The last label would be cut.
  const room = points.length * (1 - 60 / Math.max(61, width))
  return timeTicks(times, interval, width, timeFormats(interval, timeZone)).filter(({ index }) => index < room)
}

/** The drawing: grid, the period before, the period itself, alerts, and the point that is looked at. */
import { area, curveMonotoneX, line } from 'd3-shape'
import type { MetricView } from '../metrics.ts'
import type { ChartModel, ChartPoint } from './model.ts'
import type { Frame, Scales, TimeTick } from './scales.ts'

type PlotProps = {
  frame: Frame
  scales: Scales
  model: ChartModel
  metric: MetricView
  valueTicks: readonly number[]
  timeTicks: readonly TimeTick[]
  active: number | undefined
  /** First and last of the points that are being chosen. */
  stretch: readonly [number, number] | undefined
}

type Placed = { index: number; value: number | null }

export function Plot({ frame, scales, model, metric, valueTicks, timeTicks, active, stretch }: PlotProps) {
  const { points, running } = model
  const base = scales.y(0)
  const placed = points.map(({ value }, index): Placed => ({ index, value }))
  const earlier = points.map(({ before }, index): Placed => ({ index, value: before?.value ?? null }))
  const drawLine = line<Placed>()
    .defined(({ value }) => value !== null)
    .x(({ index }) => scales.x(index))
    .y(({ value }) => scales.y(value ?? 0))
    .curve(curveMonotoneX)
  const drawArea = area<Placed>()
    .defined(({ value }) => value !== null)
    .x(({ index }) => scales.x(index))
    .y0(base)
    .y1(({ value }) => scales.y(value ?? 0))
    .curve(curveMonotoneX)
  // What is still running is dashed: the same line, cut in two.
  const cut = running === undefined ? frame.width : scales.x(Math.max(0, running - 1))
  const path = drawLine(placed) ?? ''

  return (
    <svg
      class="plot"
      width={frame.width}
      height={frame.height}
      viewBox={`0 0 ${frame.width} ${frame.height}`}
      aria-hidden="true"
    >
      <defs>
        <linearGradient id="plot-fill" x1="0" y1="0" x2="0" y2="1">
          <stop class="plot-fill-top" offset="0" />
          <stop class="plot-fill-bottom" offset="1" />
        </linearGradient>
        <clipPath id="plot-done">
          <rect x={0} y={0} width={cut} height={frame.height} />
        </clipPath>
        <clipPath id="plot-running">
          <rect x={cut} y={0} width={Math.max(0, frame.width - cut)} height={frame.height} />
        </clipPath>
      </defs>
      {valueTicks.map((value) => (
        <g key={value}>
          <line
            class={value === 0 ? 'plot-base' : 'plot-grid'}
            x1={frame.left}
            x2={frame.width}
            y1={Math.round(scales.y(value)) + 0.5}
            y2={Math.round(scales.y(value)) + 0.5}
          />
          <text class="plot-value" x={frame.left - 10} y={scales.y(value)} text-anchor="end" dominant-baseline="middle">
            {metric.formatTick(value, valueTicks.at(-1) ?? 0)}
          </text>
        </g>
      ))}
      {timeTicks.map(({ index, label }) => (
        <text
          key={index}
          class="plot-time"
          x={scales.x(index)}
          y={frame.height - 6}
          text-anchor={anchor(index, scales, frame)}
        >
          {label}
        </text>
      ))}
      {stretch && (
        <rect
          class="plot-stretch"
          x={scales.x(stretch[0])}
          width={scales.x(stretch[1]) - scales.x(stretch[0])}
          y={frame.top}
          height={base - frame.top}
        />
      )}
      {points.map(
        ({ at, band }, index) =>
          band && (
            <line
              key={at}
              class="plot-band"
              x1={scales.x(index)}
              x2={scales.x(index)}
              y1={scales.y(band.low)}
              y2={scales.y(band.high)}
            />
          ),
      )}
      <path class="plot-area" d={drawArea(placed) ?? ''} />
      <path class="plot-line plot-before" d={drawLine(earlier) ?? ''} />
      <path class="plot-line" d={path} clip-path="url(#plot-done)" />
      <path class="plot-line plot-line-running" d={path} clip-path="url(#plot-running)" />
      {points.map(
        (point, index) => isAlone(points, index) && <Dot key={point.at} index={index} point={point} scales={scales} />,
      )}
      {points.map(
        ({ at, lateEvents, value }, index) =>
          lateEvents > 0 &&
          value !== null && (
            <rect
              key={at}
              class="plot-restated"
              x={-3.5}
              y={-3.5}
              width={7}
              height={7}
              transform={`translate(${scales.x(index)},${scales.y(value)}) rotate(45)`}
            />
          ),
      )}
      {points.map(
        ({ at, anomalies, value }, index) =>
          anomalies.length > 0 && (
            <g key={at} class="plot-alert" transform={`translate(${scales.x(index)},${scales.y(value ?? 0)})`}>
              <circle r={7} class="plot-alert-halo" />
              <circle r={4} />
            </g>
          ),
      )}
      {active !== undefined && points[active] && (
        <g>
          <line class="plot-cross" x1={scales.x(active)} x2={scales.x(active)} y1={frame.top} y2={base} />
          <Dot index={active} point={points[active]} scales={scales} />
        </g>
      )}
    </svg>
  )
}

function Dot({ index, point, scales }: { index: number; point: ChartPoint; scales: Scales }) {
  if (point.value === null) return null
  return <circle class="plot-dot" cx={scales.x(index)} cy={scales.y(point.value)} r={4.5} />
}

/** A point between two gaps is no line: it would not be seen. */
function isAlone(points: readonly ChartPoint[], index: number): boolean {
  const has = (i: number) => points[i]?.value != null
  return has(index) && !has(index - 1) && !has(index + 1)
}

/** Labels at the ends stay inside. */
function anchor(index: number, scales: Scales, frame: Frame): 'start' | 'middle' | 'end' {
  const x = scales.x(index)
  if (x < frame.left + 4) return 'start'
  return x > frame.width - 24 ? 'end' : 'middle'
}

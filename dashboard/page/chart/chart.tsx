/** One figure over time. The pointer or the arrow keys choose a point, and the tooltip tells it. */
import { useMemo, useRef, useState } from 'preact/hooks'
import type { Anomaly, TimeseriesAnswer } from '../../answers.ts'
import { type TimeFormats, timeFormats } from '../format.ts'
import type { MetricView } from '../metrics.ts'
import { texts } from '../texts.ts'
import { type ChartPoint, createModel, type SeriesNames } from './model.ts'
import { Plot } from './plot.tsx'
import { createScales, type Frame, timeTicks, valueTicks } from './scales.ts'
import { ChartTable } from './table.tsx'
import { Tooltip, writeValue } from './tooltip.tsx'
import { useWidth } from './use-width.ts'

type ChartProps = {
  metric: MetricView
  series: TimeseriesAnswer
  /** End of the period, ISO 8601. */
  to: string
  before: TimeseriesAnswer | undefined
  anomalies: readonly Anomaly[]
  timeZone: string
  now: number
  /** Where `before` is no period before but the same days in other figures: what both are called. */
  names?: SeriesNames
}

const narrowWidth = 560
const heights = { narrow: 210, wide: 300 }

export function Chart({ metric, series, to, before, anomalies, timeZone, now, names }: ChartProps) {
  const box = useRef<HTMLDivElement>(null)
  const width = useWidth(box)
  const [chosen, setChosen] = useState<number>()

  const formats = useMemo(() => timeFormats(series.interval, timeZone), [series.interval, timeZone])
  const model = useMemo(
    () => createModel(metric, series, Date.parse(to), before, anomalies, now),
    [metric, series, to, before, anomalies, now],
  )
  const { points } = model
  const frame: Frame = {
    width,
    height: width < narrowWidth ? heights.narrow : heights.wide,
    left: metric.kind === 'duration' ? 56 : 44,
    right: 8,
    top: 14,
    bottom: 26,
  }
  const levels = valueTicks(metric.kind, model.max)
  const scales = createScales(frame, points.length, levels.at(-1) ?? 1)
  const active = chosen === undefined ? undefined : Math.min(chosen, points.length - 1)
  const activePoint = active === undefined ? undefined : points[active]

  function choosePointed({ clientX }: PointerEvent): void {
    const left = box.current?.getBoundingClientRect().left ?? 0
    setChosen(scales.indexAt(clientX - left))
  }

  function onKeyDown(event: KeyboardEvent): void {
    const last = points.length - 1
    const from = active ?? model.running ?? last
    const targets: Record<string, number | undefined> = {
      ArrowLeft: active === undefined ? from : from - 1,
      ArrowRight: active === undefined ? from : from + 1,
      PageUp: from - 7,
      PageDown: from + 7,
      Home: 0,
      End: last,
    }
    if (event.key === 'Escape') setChosen(undefined)
    const target = targets[event.key]
    if (target === undefined) return
    event.preventDefault()
    setChosen(Math.min(last, Math.max(0, target)))
  }

  return (
    <div class="chart">
      <div
        ref={box}
        class="chart-box"
        style={{ height: `${frame.height}px` }}
        role="slider"
        tabIndex={0}
        aria-label={texts.chart.label(metric.label)}
        aria-valuemin={0}
        aria-valuemax={points.length - 1}
        aria-valuenow={active ?? points.length - 1}
        aria-valuetext={activePoint && valueText(metric, activePoint, formats, names)}
        onKeyDown={onKeyDown}
        onBlur={() => setChosen(undefined)}
        onPointerMove={choosePointed}
        onPointerDown={choosePointed}
        onPointerLeave={() => setChosen(undefined)}
      >
        {width > 0 && (
          <Plot
            frame={frame}
            scales={scales}
            model={model}
            metric={metric}
            valueTicks={levels}
            timeTicks={timeTicks(points, series.interval, width, formats)}
            active={active}
          />
        )}
        {active !== undefined && activePoint && (
          <Tooltip
            metric={metric}
            point={activePoint}
            running={active === model.running}
            formats={formats}
            names={names}
            x={scales.x(active)}
            chartWidth={width}
          />
        )}
      </div>
      <ChartTable metric={metric} model={model} formats={formats} names={names} />
    </div>
  )
}

function valueText(metric: MetricView, { at, value, before }: ChartPoint, formats: TimeFormats, names?: SeriesNames) {
  const told = `${formats.point(at)}: ${writeValue(metric, value)}`
  return names && before ? `${told}, ${names.before}: ${writeValue(metric, before.value)}` : told
}

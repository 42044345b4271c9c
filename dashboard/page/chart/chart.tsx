/** One figure over time. The pointer or the arrow keys choose a point, and the tooltip tells it. */
import { useMemo, useRef, useState } from 'preact/hooks'
import type { Anomaly } from '../../anomaly-answers.ts'
import type { TimeseriesAnswer } from '../../answers.ts'
import type { NoteAnswer } from '../../note-answers.ts'
import { type TimeFormats, timeFormats } from '../format.ts'
import type { MetricView } from '../metrics.ts'
import { texts } from '../texts.ts'
import { type ChartModel, type ChartPoint, createModel, type SeriesNames } from './model.ts'
import { groupNotes } from './note-groups.ts'
import { NoteMarks } from './note-marks.tsx'
import { Plot } from './plot.tsx'
import { createScales, type Frame, timeTicks, valueTicks } from './scales.ts'
import { ChartTable } from './table.tsx'
import { texts as chartTexts } from './texts.ts'
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
  zoom?: ChartZoom
  /** Where it may have notes below its axis. */
  notes?: ChartNotes
}

/** Looks closer at points, first and last included; where there is nothing closer, `can` says so. */
export type ChartZoom = { can(first: number, last: number): boolean; into(first: number, last: number): void }

export type ChartNotes = {
  list: readonly NoteAnswer[]
  onOpen: (notes: readonly NoteAnswer[]) => void
  /** Told by the chart: when the point begins that is looked at. */
  looked: { current: number | undefined }
}

const narrowWidth = 560
const heights = { narrow: 210, wide: 300 }

export function Chart({ metric, series, to, before, anomalies, timeZone, now, names, zoom, notes }: ChartProps) {
  const box = useRef<HTMLDivElement>(null)
  const width = useWidth(box)
  const [chosen, setChosen] = useState<number>()
  /** Where a stretch of points was begun to be chosen. */
  const [anchor, setAnchor] = useState<number>()
  /** Whether it is the mark of a note that is pointed at, where a click opens that. */
  const [atMark, setAtMark] = useState(false)

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
    bottom: notes ? 38 : 26,
  }
  const levels = valueTicks(metric.kind, model.max)
  const scales = createScales(frame, points.length, levels.at(-1) ?? 1)
  const active = chosen === undefined ? undefined : Math.min(chosen, points.length - 1)
  const activePoint = active === undefined ? undefined : points[active]

  if (notes) notes.looked.current = activePoint?.at
  const groups = groupNotes(
    notes?.list ?? [],
    points.map(({ at }) => at),
    Date.parse(to),
    scales.x,
  )
  const activeNotes =
    active === undefined ? [] : (groups.find(({ first, last }) => first <= active && active <= last)?.notes ?? [])

  const stretch =
    active === undefined || anchor === undefined
      ? undefined
      : ([Math.min(active, anchor), Math.max(active, anchor)] as const)

  function pointed({ clientX }: PointerEvent): number {
    const left = box.current?.getBoundingClientRect().left ?? 0
    return scales.indexAt(clientX - left)
  }

  function leave(): void {
    setChosen(undefined)
    setAnchor(undefined)
  }

  function look(first: number, last: number): void {
    if (!zoom?.can(first, last)) return
    leave()
    zoom.into(first, last)
  }

  function onPointerDown(event: PointerEvent): void {
    setChosen(pointed(event))
    // A finger scrolls the page and asks for the tooltip: it would zoom where it only wanted to read.
    if (!zoom || event.pointerType === 'touch' || event.button !== 0) return
    setAnchor(pointed(event))
    box.current?.setPointerCapture(event.pointerId)
  }

  function onPointerUp(event: PointerEvent): void {
    setAnchor(undefined)
    if (anchor === undefined) return
    const end = pointed(event)
    look(Math.min(anchor, end), Math.max(anchor, end))
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
    if (event.key === 'Escape') leave()
    if (event.key === 'Enter' && active !== undefined) look(stretch?.[0] ?? active, stretch?.[1] ?? active)
    const target = targets[event.key]
    if (target === undefined) return
    event.preventDefault()
    setAnchor(zoom && event.shiftKey ? (anchor ?? active) : undefined)
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
        aria-label={zoom ? `${texts.chart.table(metric.label)}. ${chartTexts.keys}` : texts.chart.label(metric.label)}
        aria-valuemin={0}
        aria-valuemax={points.length - 1}
        aria-valuenow={active ?? points.length - 1}
        aria-valuetext={
          activePoint &&
          [valueText(metric, activePoint, formats, names), ...activeNotes.map(({ text }) => text)].join(', ')
        }
        onKeyDown={onKeyDown}
        onBlur={leave}
        onPointerMove={(event) => setChosen(pointed(event))}
        onPointerDown={onPointerDown}
        onPointerUp={onPointerUp}
        onPointerLeave={leave}
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
            stretch={stretch}
          />
        )}
        {active !== undefined && activePoint && (
          <Tooltip
            metric={metric}
            point={activePoint}
            running={active === model.running}
            zooms={(!atMark && zoom?.can(active, active)) ?? false}
            formats={formats}
            names={names}
            notes={activeNotes}
            x={scales.x(active)}
            chartWidth={width}
          />
        )}
      </div>
      {notes && width > 0 && (
        <NoteMarks
          groups={groups}
          frame={frame}
          scales={scales}
          formats={formats}
          onLook={(index) => {
            setAtMark(index !== undefined)
            setChosen(index)
          }}
          onOpen={notes.onOpen}
        />
      )}
      <Marks model={model} />
      <ChartTable metric={metric} model={model} formats={formats} names={names} />
    </div>
  )
}

/** What the marks mean, of those that are there. */
function Marks({ model: { points } }: { model: ChartModel }) {
  const marks = [
    { name: 'alert', shown: points.some(({ anomalies }) => anomalies.length > 0), text: chartTexts.alertLegend },
    { name: 'band', shown: points.some(({ band }) => band), text: chartTexts.bandLegend },
    { name: 'restated', shown: points.some(({ lateEvents }) => lateEvents > 0), text: chartTexts.restatedLegend },
  ].filter(({ shown }) => shown)
  if (marks.length === 0) return null
  return (
    <ul class="chart-marks">
      {marks.map(({ name, text }) => (
        <li key={name} class={`chart-mark chart-mark-${name}`}>
          {text}
        </li>
      ))}
    </ul>
  )
}

function valueText(metric: MetricView, { at, value, before }: ChartPoint, formats: TimeFormats, names?: SeriesNames) {
  const told = `${formats.point(at)}: ${writeValue(metric, value)}`
  return names && before ? `${told}, ${names.before}: ${writeValue(metric, before.value)}` : told
}

/** What the point under the pointer, or under the arrow keys, says. */
import type { NoteAnswer } from '../../note-answers.ts'
import { detail, seriesName } from '../anomaly-words.ts'
import { formatCount, type TimeFormats } from '../format.ts'
import type { MetricView } from '../metrics.ts'
import { texts } from '../texts.ts'
import type { ChartPoint, SeriesNames } from './model.ts'
import { noteTime, toldNotes } from './note-marks.tsx'
import { texts as chartTexts } from './texts.ts'

type TooltipProps = {
  metric: MetricView
  point: ChartPoint
  running: boolean
  /** Whether a click looks closer. */
  zooms: boolean
  formats: TimeFormats
  names: SeriesNames | undefined
  /** What is noted there. */
  notes: readonly NoteAnswer[]
  /** CSS pixels in the chart. */
  x: number
  chartWidth: number
}

/** A point with many incidents shows the strongest. */
const shownAnomalies = 2
/** Beside the point, on the side that has room; in a narrow chart, at the edge across from it. */
const flipAt = 0.6
const narrowWidth = 480
const gap = 14

function placeBeside(x: number, chartWidth: number): { left?: string; right?: string } {
  if (chartWidth < narrowWidth) return x > chartWidth / 2 ? { left: '0px' } : { right: '0px' }
  return x > chartWidth * flipAt ? { right: `${chartWidth - x + gap}px` } : { left: `${x + gap}px` }
}

export function Tooltip({ metric, point, running, zooms, formats, names, notes, x, chartWidth }: TooltipProps) {
  const strongest = [...point.anomalies].sort((a, b) => b.evidence - a.evidence)
  return (
    <div class="tooltip" style={placeBeside(x, chartWidth)} aria-hidden="true">
      <div class="tooltip-label">{names ? `${metric.label}, ${formats.point(point.at)}` : metric.label}</div>
      <div class="tooltip-row">
        <span class="tooltip-key tooltip-key-now" />
        <span>
          {names?.current ?? formats.point(point.at)}
          {running && <em> {texts.chart.soFar}</em>}
        </span>
        <strong>{writeValue(metric, point.value)}</strong>
      </div>
      {point.before && (
        <div class="tooltip-row tooltip-before">
          <span class="tooltip-key" />
          <span>{names?.before ?? formats.point(point.before.at)}</span>
          <strong>{writeValue(metric, point.before.value)}</strong>
        </div>
      )}
      {point.lateEvents > 0 && <div class="tooltip-note">{chartTexts.restated(formatCount(point.lateEvents))}</div>}
      {strongest.slice(0, shownAnomalies).map((anomaly) => (
        <div key={anomaly.id} class="tooltip-alert">
          {seriesName(anomaly)}: {detail(anomaly)}
        </div>
      ))}
      {strongest.length > shownAnomalies && (
        <div class="tooltip-alert">{texts.chart.moreAlerts(formatCount(strongest.length - shownAnomalies))}</div>
      )}
      {notes.slice(0, toldNotes).map((note) => (
        <div key={note.id} class="tooltip-written">
          <small>{noteTime(note, formats)}</small> {note.text}
        </div>
      ))}
      {notes.length > toldNotes && (
        <div class="tooltip-note">{chartTexts.moreNotes(formatCount(notes.length - toldNotes))}</div>
      )}
      {zooms && <div class="tooltip-note tooltip-hint">{chartTexts.zoomHint}</div>}
    </div>
  )
}

export function writeValue(metric: MetricView, value: number | null): string {
  return value === null ? '–' : metric.format(value)
}

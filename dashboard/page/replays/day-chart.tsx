/** One figure by day, as published and by the replay. */
import { useState } from 'preact/hooks'
import { type HeadlineFigures, noHeadlineFigures, type SiteChange } from '../../../consumers/replay/shapes/report.ts'
import type { TimeseriesAnswer } from '../../answers.ts'
import { Chart } from '../chart/chart.tsx'
import { formatDate, formatDateRange } from '../format.ts'
import { addDays, countDays } from '../state/period.ts'
import { firstShown, stretchesOf } from './day-stretches.ts'
import { type FigureName, figureViews } from './figures.ts'
import { PairBars } from './pair-bars.tsx'
import { replayTexts } from './texts.ts'

type DayChartProps = { days: SiteChange['days']; figure: FigureName }

export function DayChart({ days: all, figure }: DayChartProps) {
  const words = replayTexts.report
  const view = figureViews[figure]
  const stretches = stretchesOf(all)
  const [chosen, choose] = useState<number>()
  const shown = chosen ?? firstShown(stretches, (day) => view.value(day.old) !== view.value(day.new))
  const days = stretches[shown] ?? []
  const [first, last] = [days[0]?.day ?? '', days.at(-1)?.day ?? '']
  const names = { current: words.new, before: words.old }
  return (
    <div class="day-chart">
      <div class="chart-head">
        <h3>{words.byDay(view.label)}</h3>
        <span class="legend legend-new">{words.new}</span>
        <span class="legend">{words.old}</span>
        {stretches.length > 1 && (
          <label class="site-select">
            {words.days}
            <select value={shown} onChange={({ currentTarget: { value } }) => choose(Number(value))}>
              {stretches.map((stretch, i) => (
                <option key={stretch[0]?.day} value={i}>
                  {nameOf(stretch)}
                </option>
              ))}
            </select>
          </label>
        )}
      </div>
      {days.length > 1 ? (
        <Chart
          metric={view}
          series={seriesOf(days, 'new')}
          before={seriesOf(days, 'old')}
          to={addDays(last, 1)}
          anomalies={[]}
          timeZone="UTC"
          now={Date.parse(addDays(last, 1))}
          names={names}
        />
      ) : (
        <div class="one-day">
          <p>{formatDate(first)}</p>
          {days.map((day) => {
            const [old, fresh] = [view.value(day.old) ?? 0, view.value(day.new) ?? 0]
            return <PairBars key={day.day} old={old} new={fresh} most={Math.max(old, fresh)} />
          })}
        </div>
      )}
    </div>
  )
}

function nameOf(days: SiteChange['days']): string {
  const [first = '', last = first] = [days[0]?.day, days.at(-1)?.day]
  return first === last ? formatDate(first) : formatDateRange(first, last)
}

/** Days between, on which nothing happened, are there too: the axis is time. */
function seriesOf(days: SiteChange['days'], which: 'old' | 'new'): TimeseriesAnswer {
  const from = days[0]?.day ?? ''
  const figures = new Map<string, HeadlineFigures>(days.map((day) => [day.day, day[which]]))
  const points = Array.from({ length: countDays({ from, to: days.at(-1)?.day ?? from }) }, (_, i) => {
    const day = addDays(from, i)
    return { at: `${day}T00:00:00.000Z`, ...(figures.get(day) ?? noHeadlineFigures), lateEvents: 0 }
  })
  return { interval: 'day', points }
}

/** One figure by day, as published and by the replay. */
import { type HeadlineFigures, noHeadlineFigures, type SiteChange } from '../../../consumers/replay/shapes/report.ts'
import type { TimeseriesAnswer } from '../../answers.ts'
import { Chart } from '../chart/chart.tsx'
import { formatDate } from '../format.ts'
import { addDays, countDays } from '../state/period.ts'
import { texts } from '../texts.ts'
import { type FigureName, figureViews } from './figures.ts'
import { PairBars } from './pair-bars.tsx'

type DayChartProps = { days: SiteChange['days']; figure: FigureName }

export function DayChart({ days, figure }: DayChartProps) {
  const words = texts.replays.report
  const view = figureViews[figure]
  const [first, last] = [days[0]?.day ?? '', days.at(-1)?.day ?? '']
  const names = { current: words.new, before: words.old }
  return (
    <div class="day-chart">
      <div class="chart-head">
        <h3>{words.byDay(view.label)}</h3>
        <span class="legend legend-new">{words.new}</span>
        <span class="legend">{words.old}</span>
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

/** Days between, on which nothing happened, are there too: the axis is time. */
function seriesOf(days: SiteChange['days'], which: 'old' | 'new'): TimeseriesAnswer {
  const from = days[0]?.day ?? ''
  const figures = new Map<string, HeadlineFigures>(days.map((day) => [day.day, day[which]]))
  const points = Array.from({ length: countDays({ from, to: days.at(-1)?.day ?? from }) }, (_, i) => {
    const day = addDays(from, i)
    return { at: `${day}T00:00:00.000Z`, ...(figures.get(day) ?? noHeadlineFigures) }
  })
  return { interval: 'day', points }
}

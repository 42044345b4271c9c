/** The chart in words, for who cannot see it. */
import type { TimeFormats } from '../format.ts'
import type { MetricView } from '../metrics.ts'
import { texts } from '../texts.ts'
import type { ChartModel, SeriesNames } from './model.ts'
import { writeValue } from './tooltip.tsx'

type ChartTableProps = { metric: MetricView; model: ChartModel; formats: TimeFormats; names: SeriesNames | undefined }

export function ChartTable({ metric, model, formats, names }: ChartTableProps) {
  const compared = model.points.some(({ before }) => before)
  return (
    <div class="visually-hidden">
      <table>
        <caption>{texts.chart.table(metric.label)}</caption>
        <thead>
          <tr>
            <th scope="col">{texts.chart.time}</th>
            <th scope="col">{names?.current ?? metric.label}</th>
            {compared && <th scope="col">{names?.before ?? texts.chart.before}</th>}
          </tr>
        </thead>
        <tbody>
          {model.points.map(({ at, value, before }) => (
            <tr key={at}>
              <th scope="row">{formats.point(at)}</th>
              <td>{writeValue(metric, value)}</td>
              {compared && <td>{writeValue(metric, before?.value ?? null)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

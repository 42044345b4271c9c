/** The values that changed most, by dimension. */
import type { DimensionChange, ValueChange, ValueFigures } from '../../../consumers/replay/shapes/report.ts'
import { formatExact } from '../format.ts'
import { Tabs } from '../panels/tabs.tsx'
import { texts } from '../texts.ts'
import { dimensionText, valueLines } from './dimension-words.ts'
import { PairBars } from './pair-bars.tsx'
import { replayTexts } from './texts.ts'

type DimensionChangesProps = {
  dimensions: readonly DimensionChange[]
  /** As the address has it: it may be none of them. */
  current: string | undefined
  onChoose: (dimension: string) => void
}

const listId = 'dimension-values'

export function DimensionChanges({ dimensions, current, onChoose }: DimensionChangesProps) {
  const words = replayTexts.report
  const chosen = dimensions.find(({ dimension }) => dimension === current) ?? dimensions[0]
  if (!chosen) return null
  return (
    <div class="dimension-changes">
      <h3>{words.values}</h3>
      <Tabs
        label={words.values}
        names={dimensions.map(({ dimension }) => dimension)}
        textOf={dimensionText}
        current={chosen.dimension}
        controls={listId}
        onChoose={onChoose}
      />
      <div id={listId} role="tabpanel" aria-labelledby={`${listId}-${chosen.dimension}`} class="table-box">
        <ValueTable change={chosen} />
      </div>
      {chosen.changedValues > chosen.top.length && (
        <p class="report-note">{words.more(formatExact(chosen.top.length), formatExact(chosen.changedValues))}</p>
      )}
    </div>
  )
}

const figures = ['pageviews', 'visits', 'clicks', 'events'] as const satisfies readonly (keyof ValueFigures)[]
type Figure = (typeof figures)[number]

function ValueTable({ change: { dimension, top } }: { change: DimensionChange }) {
  const words = replayTexts.report
  // The figure that changes most comes first, and has the bars; those that do not change are left out.
  const size = (figure: Figure) => top.reduce((sum, value) => sum + Math.abs(value.new[figure] - value.old[figure]), 0)
  const shown = figures.filter((figure) => size(figure) > 0).sort((a, b) => size(b) - size(a))
  const [first = 'pageviews'] = shown
  const most = Math.max(...top.map((value) => Math.max(value.old[first], value.new[first])))
  return (
    <table class="details value-table">
      <caption class="visually-hidden">{dimensionText(dimension)}</caption>
      <thead>
        <tr>
          <th scope="col">{words.value}</th>
          {shown.map((figure) => (
            <th key={figure} scope="col">
              {texts.metrics[figure]}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {top.map((value) => {
          const { text, small } = valueLines(dimension, value.value)
          return (
            <tr key={value.value} data-value={value.value}>
              <th scope="row">
                <span class="value-text">{text}</span>
                {small !== undefined && <small>{small}</small>}
                <PairBars old={value.old[first]} new={value.new[first]} most={most} />
              </th>
              {shown.map((figure) => (
                <ValueCell key={figure} value={value} figure={figure} />
              ))}
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

function ValueCell({ value, figure }: { value: ValueChange; figure: Figure }) {
  const [old, fresh] = [value.old[figure], value.new[figure]]
  if (old === fresh) return <td class="value-cell unchanged">{formatExact(fresh)}</td>
  return (
    <td class="value-cell">
      {formatExact(fresh)}
      <small class="value-was">{replayTexts.report.from(formatExact(old))}</small>
    </td>
  )
}

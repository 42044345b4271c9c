/** Headline figures, as published and by the replay. A row chooses what the chart shows. */
import { formatExact, formatExactPercent } from '../format.ts'
import type { MetricView } from '../metrics.ts'
import { changeText, type FigureChange, type FigureName, figureViews } from './figures.ts'
import { replayTexts } from './texts.ts'

type HeadlineTableProps = {
  changes: readonly FigureChange[]
  /** How many days they are of. */
  days: number
  chosen: FigureName
  onChoose: (name: FigureName) => void
}

export function HeadlineTable({ changes, days, chosen, onChoose }: HeadlineTableProps) {
  const words = replayTexts.report
  return (
    <div>
      <table class="details headline-table">
        <caption class="visually-hidden">{words.title}</caption>
        <thead>
          <tr>
            <th scope="col">{words.figure}</th>
            <th scope="col">{words.old}</th>
            <th scope="col">{words.new}</th>
            <th scope="col">{words.change}</th>
          </tr>
        </thead>
        <tbody>
          {changes.map((change) => (
            <HeadlineRow
              key={change.name}
              change={change}
              chosen={change.name === chosen}
              onChoose={() => onChoose(change.name)}
            />
          ))}
        </tbody>
      </table>
      <p class="report-note">
        {words.hint} {days > 1 && words.sums}
      </p>
    </div>
  )
}

type HeadlineRowProps = { change: FigureChange; chosen: boolean; onChoose: () => void }

function HeadlineRow({ change, chosen, onChoose }: HeadlineRowProps) {
  const view = figureViews[change.name]
  const told = change.old === change.new ? undefined : changeText(view, change.old, change.new)
  return (
    // The button in it is for keyboards and screen readers; the row is a larger place to click.
    <tr data-figure={change.name} data-same={change.same} data-chosen={chosen} onClick={onChoose}>
      <th scope="row">
        <button type="button" aria-pressed={chosen}>
          {view.label}
        </button>
      </th>
      <td>{write(view, change.old)}</td>
      <td>{write(view, change.new)}</td>
      <td class="change">
        {told ? (
          <>
            {told.absolute} {told.relative !== undefined && <small>{told.relative}</small>}
          </>
        ) : (
          replayTexts.report.none
        )}
      </td>
    </tr>
  )
}

/** Every digit: who compares wants to see the last one. */
function write({ kind, format }: MetricView, value: number | null): string {
  if (value === null) return '–'
  if (kind === 'ratio') return formatExactPercent(value)
  return kind === 'count' ? formatExact(value) : format(value)
}

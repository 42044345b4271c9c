/** Values, most first, each on a bar of its share. */
import type { BreakdownRow, PanelDimension } from '../../answers.ts'
import { formatCount, formatExact, formatPercent } from '../format.ts'
import { texts } from '../texts.ts'
import { countOf, valueText } from './values.ts'

/** Kept clear of bars, for the number. */
const countWidth = 72

type BarListProps = { dimension: PanelDimension; rows: readonly BreakdownRow[]; of: number }

/** @param props.of what a share is of: visitors, clicks or events of the whole period */
export function BarList({ dimension, rows, of }: BarListProps) {
  const metric = countOf(dimension)
  const most = Math.max(1, ...rows.map((row) => row[metric]))
  return (
    <ol class="bars">
      {rows.map((row) => {
        const { text, small } = valueText(dimension, row.value)
        const share = formatPercent(of > 0 ? row[metric] / of : 0)
        return (
          <li key={row.value} class="bar-row">
            <span class="bar" style={{ width: `calc((100% - ${countWidth}px) * ${row[metric] / most})` }} />
            <span class="bar-label" title={small === undefined ? text : `${text}\n${small}`}>
              <span class="bar-text">{text}</span>
              {small !== undefined && <small>{small}</small>}
            </span>
            <span class="bar-share">
              {share}
              <span class="visually-hidden"> {texts.ofAll('')}</span>
            </span>
            <span class="bar-count" title={formatExact(row[metric])}>
              {formatCount(row[metric])}
            </span>
          </li>
        )
      })}
    </ol>
  )
}

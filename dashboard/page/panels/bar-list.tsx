/** Values, most first, each on a bar of its share. A row that can be looked at by itself is a link there. */
import type { BreakdownRow } from '../../answers.ts'
import type { Filter } from '../../query/filter.ts'
import { formatCount, formatExact, formatPercent } from '../format.ts'
import type { Navigate } from '../state/view.ts'
import { texts } from '../texts.ts'
import { ViewLink } from '../view-link.tsx'
import { countOf, filterOfRow, type ListDimension } from './lists.ts'
import { texts as panelTexts } from './texts.ts'
import { valueText } from './values.ts'

/** Kept clear of bars, for the numbers. */
export const numbersWidth = 112

type BarListProps = {
  dimension: ListDimension
  rows: readonly BreakdownRow[]
  of: number
  /** Undefined: rows are not looked at any closer. */
  navigate: Navigate | undefined
}

/** @param props.of what a share is of */
export function BarList({ dimension, rows, of, navigate }: BarListProps) {
  const metric = countOf(dimension)
  const most = Math.max(1, ...rows.map((row) => row[metric]))
  return (
    <ol class="bars">
      {rows.map((row) => (
        <li key={row.value} class="bar-row">
          <span class="bar" style={{ width: `calc((100% - ${numbersWidth}px) * ${row[metric] / most})` }} />
          <BarLabel dimension={dimension} value={row.value} navigate={navigate} />
          <span class="bar-share">
            {formatPercent(of > 0 ? row[metric] / of : 0)}
            <span class="visually-hidden"> {texts.ofAll('')}</span>
          </span>
          <span class="bar-count" title={formatExact(row[metric])}>
            {formatCount(row[metric])}
          </span>
        </li>
      ))}
    </ol>
  )
}

type BarLabelProps = { dimension: ListDimension; value: string; navigate: Navigate | undefined }

function BarLabel({ dimension, value, navigate }: BarLabelProps) {
  const { text, small } = valueText(dimension, value)
  const filter: Filter | undefined = navigate && filterOfRow(dimension, value)
  const label = (
    <>
      <span class="bar-text">{text}</span>
      {small !== undefined && <small>{small}</small>}
    </>
  )
  const title = small === undefined ? text : `${text}\n${small}`
  if (!navigate || !filter)
    return (
      <span class="bar-label" title={title}>
        {label}
      </span>
    )
  return (
    <ViewLink
      class="bar-label bar-link"
      view={navigate.narrowed(filter)}
      navigate={navigate}
      title={panelTexts.only(title)}
    >
      {label}
    </ViewLink>
  )
}

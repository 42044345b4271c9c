/** Values, most first, each on a bar of its share. A row that can be looked at by itself is a link there. */
import type { BreakdownRow } from '../../answers.ts'
import type { Filter } from '../../query/filter.ts'
import { formatCount, formatExact, formatPercent } from '../format.ts'
import type { Navigate } from '../state/view.ts'
import { texts } from '../texts.ts'
import { ViewLink } from '../view-link.tsx'
import { countOf, filterOfRow, type ListDimension } from './lists.ts'
import { texts as panelTexts } from './texts.ts'
import type { Before, Rates } from './use-breakdown.ts'
import { valueText } from './values.ts'

/** Kept clear of bars, for the numbers. */
export const numbersWidth = 112
const rateWidth = 60

type BarListProps = {
  dimension: ListDimension
  rows: readonly BreakdownRow[]
  of: number
  /** What rows are compared with. */
  before: Before | undefined
  rates?: Rates
  /** Undefined: rows are not looked at any closer. */
  navigate: Navigate | undefined
}

/** @param props.of what a share is of */
export function BarList({ dimension, rows, of, before, rates, navigate }: BarListProps) {
  const metric = countOf(dimension)
  const all = of || Math.max(1, ...rows.map((row) => row[metric]))
  // Parts of unequal size are compared by their shares.
  const shares = rows.map(({ value }) => before?.of(value)?.share ?? 0)
  const most = Math.max(...rows.map((row) => row[metric] / all), ...shares) || 1
  return (
    <ol class="bars">
      {rows.map((row) => (
        <li key={row.value} class="bar-row">
          <span class="bar" style={{ width: widthOf(row[metric] / all / most, rates) }} />
          <BarLabel dimension={dimension} value={row.value} navigate={navigate} />
          <span class="bar-share">
            {formatPercent(of > 0 ? row[metric] / of : 0)}
            <span class="visually-hidden"> {texts.ofAll('')}</span>
          </span>
          <span class="bar-count" title={formatExact(row[metric])}>
            {formatCount(row[metric])}
          </span>
          {rates && <span class="bar-share bar-rate">{percentOf(rates(row.value))}</span>}
          {before && <BarBefore before={before} value={row.value} most={most} rates={rates} />}
        </li>
      ))}
    </ol>
  )
}

function widthOf(part: number, rates: Rates): string {
  return `calc((100% - ${rates ? numbersWidth + rateWidth : numbersWidth}px) * ${part})`
}

function percentOf(rate: number | null | undefined): string {
  return rate == null ? '–' : formatPercent(rate)
}

type BarBeforeProps = { before: Before; value: string; most: number; rates: Rates }

function BarBefore({ before, value, most, rates }: BarBeforeProps) {
  const found = before.of(value)
  const words = found ? `${formatPercent(found.share)} · ${formatCount(found.figure)}` : '–'
  return (
    <>
      {found && <span class="bar-then" style={{ width: widthOf(found.share / most, rates) }} />}
      <span class="bar-before" title={found && `${before.name}: ${formatExact(found.figure)}`}>
        <span class="visually-hidden">{before.name}: </span>
        {words}
      </span>
    </>
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

/** What the whole list of a dimension has in its rows and columns, and in which order. */
import type { BreakdownAnswer, BreakdownRow } from '../../answers.ts'
import { formatDuration, formatExact, formatPercent } from '../format.ts'
import { locale } from '../language.ts'
import { countOf, type ListDimension } from './lists.ts'
import { type ValueText, valueText } from './values.ts'

export type Column = Exclude<keyof BreakdownRow, 'value' | 'goalVisits'> | 'share'
export type Row = BreakdownRow & ValueText & { share: number }
export type Order = { by: Column | 'text'; descending: boolean }

/** @param hasGoal whether rows tell how many of their visits reached one */
export function columnsOf(dimension: ListDimension, hasGoal: boolean): readonly Column[] {
  const [count, ...others] = figuresOf(dimension)
  // What comes after the second is left out where there is no room.
  return hasGoal ? [count, 'conversionRate', 'conversions', ...others] : [count, ...others]
}

/** The figures that cells have of a dimension: its count first. */
function figuresOf(dimension: ListDimension): readonly [Column, ...Column[]] {
  const count = countOf(dimension)
  if (dimension === 'entry') return [count, 'share', 'bounceRate', 'visitDurationSeconds']
  if (dimension === 'target' || dimension === 'event') return [count, 'share', 'visitors']
  if (count !== 'visitors') return [count, 'share']
  return [count, 'share', 'visits', 'pageviews', 'clicks', 'bounceRate', 'visitDurationSeconds', 'engagedSeconds']
}

/** @param visitors of the period: what shares of visitors are of; other shares are of all that is listed */
export function toRows(dimension: ListDimension, { rows, sum }: BreakdownAnswer, visitors: number): Row[] {
  const count = countOf(dimension)
  const of = count === 'visitors' ? visitors : sum
  return rows.map((row) => ({ ...row, ...valueText(dimension, row.value), share: of > 0 ? row[count] / of : 0 }))
}

const collator = new Intl.Collator(locale, { numeric: true })

/** Equal rows keep their places; what has no figure comes last, whichever way. */
export function sortRows(rows: readonly Row[], { by, descending }: Order): Row[] {
  const sign = descending ? -1 : 1
  return [...rows].sort((a, b) => {
    if (by === 'text') return sign * collator.compare(a.text, b.text)
    const [left = null, right = null] = [a[by], b[by]]
    if (left === null || right === null) return Number(left === null) - Number(right === null)
    return sign * (left - right)
  })
}

export function writeCell(column: Column, row: Row): string {
  const { [column]: value = null } = row
  if (value === null) return '–'
  if (column === 'bounceRate' || column === 'share' || column === 'conversionRate') return formatPercent(value)
  if (column === 'visitDurationSeconds' || column === 'engagedSeconds') return formatDuration(value)
  return formatExact(value)
}

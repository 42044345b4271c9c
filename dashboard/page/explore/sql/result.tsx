/** An answer as a table that can be sorted. */
import { useState } from 'preact/hooks'
import type { SqlAnswer, SqlCell } from '../../../sql-answer.ts'
import { locale } from '../../language.ts'
import { sqlTexts as words } from './texts.ts'

type Sorting = { column: number; isDescending: boolean }

/** More are slow to draw; a file has them all. */
const mostShown = 500
const numeric = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DOUBLE|FLOAT|DECIMAL.*)$/
const numbers = new Intl.NumberFormat(locale, { maximumFractionDigits: 6 })
const collator = new Intl.Collator(locale, { numeric: true })

/** @param timeZone that of the site, in which its times are told everywhere */
export function Result({ answer, timeZone }: { answer: SqlAnswer; timeZone: string }) {
  const { columns, rows, isCut } = answer
  const [sorting, setSorting] = useState<Sorting>()
  const sorted = sorting ? rows.toSorted(comparing(sorting)) : rows
  const isNumber = columns.map(({ type }) => numeric.test(type))
  const shown = sorted.slice(0, mostShown)
  const isPart = isCut || shown.length < rows.length
  return (
    <>
      <p class="hint" role="status">
        {rows.length === 0 && words.none}
        {rows.length > 0 &&
          (isPart ? words.cut(numbers.format(shown.length)) : words.rows(numbers.format(rows.length)))}
        {answer.through !== null &&
          ` · ${words.through(new Date(answer.through).toLocaleString(locale, { timeZone }))}`}
      </p>
      {rows.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard.
        <section class="sql-table" aria-label={words.result} tabIndex={0}>
          <table>
            <thead>
              <tr>
                {columns.map(({ name, type }, i) => (
                  <th
                    key={name}
                    scope="col"
                    class={isNumber[i] ? 'sql-number' : undefined}
                    aria-sort={sorting?.column === i ? (sorting.isDescending ? 'descending' : 'ascending') : undefined}
                  >
                    <button
                      type="button"
                      class="link-button"
                      title={type}
                      onClick={() =>
                        setSorting({
                          column: i,
                          isDescending: sorting?.column === i ? !sorting.isDescending : !!isNumber[i],
                        })
                      }
                    >
                      {name}
                      {sorting?.column === i && (sorting.isDescending ? ' ↓' : ' ↑')}
                    </button>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {shown.map((row, at) => (
                <tr key={at}>
                  {row.map((cell, i) => (
                    <td key={columns[i]?.name} class={isNumber[i] ? 'sql-number' : undefined}>
                      {textOf(cell)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </>
  )
}

function textOf(cell: SqlCell): string {
  if (cell === null) return '–'
  if (typeof cell === 'number') return numbers.format(cell)
  return String(cell).replaceAll('\u0000', ' · ')
}

/** What is not there comes last. */
function comparing({ column, isDescending }: Sorting): (a: SqlCell[], b: SqlCell[]) => number {
  return (left, right) => {
    const [a, b] = [left[column] ?? null, right[column] ?? null]
    if (a === null || b === null) return Number(a === null) - Number(b === null)
    const order = typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(String(a), String(b))
    return isDescending ? -order : order
  }
}

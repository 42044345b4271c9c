/** The whole list of a dimension, with all figures, a search, and a click on a column to sort by it. */
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import type { BreakdownAnswer, BreakdownRow, PanelDimension } from '../../answers.ts'
import { formatCount, formatDuration, formatExact, formatPercent } from '../format.ts'
import { CloseIcon, SearchIcon } from '../icons.tsx'
import { Notice } from '../notice.tsx'
import { useFetched } from '../state/use-fetched.ts'
import { texts } from '../texts.ts'
import { countOf, valueText } from './values.ts'

type Column = Exclude<keyof BreakdownRow, 'value'>

const columnsOf = (dimension: PanelDimension): Column[] => {
  if (dimension === 'target') return ['clicks', 'visitors']
  if (dimension === 'event') return ['events', 'visitors']
  return ['visitors', 'visits', 'pageviews', 'bounceRate', 'visitDurationSeconds']
}

type DetailsDialogProps = { title: string; dimension: PanelDimension; path: string; total: number; onClose: () => void }

/** The most that the API answers at once. */
const maxRows = 1000

export function DetailsDialog({ title, dimension, path, total, onClose }: DetailsDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  const [search, setSearch] = useState('')
  const [sorted, setSorted] = useState<Column>(countOf(dimension))
  const { data, error, retry } = useFetched<BreakdownAnswer>(path)
  const columns = columnsOf(dimension)

  useEffect(() => {
    dialog.current?.showModal()
  }, [])

  const wanted = search.trim().toLowerCase()
  const rows = (data?.rows ?? [])
    .filter((row) => wanted === '' || searchable(dimension, row.value).includes(wanted))
    .sort((a, b) => (b[sorted] ?? -1) - (a[sorted] ?? -1))

  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby={titleId}
      onClose={onClose}
      onPointerDown={(event) => {
        // The backdrop belongs to the dialog itself, everything in it to its content.
        if (event.target === dialog.current) dialog.current?.close()
      }}
    >
      <div class="dialog-content">
        <header class="dialog-head">
          <h2 id={titleId}>{title}</h2>
          <label class="search">
            <SearchIcon />
            <span class="visually-hidden">{texts.search}</span>
            <input
              type="search"
              placeholder={texts.search}
              value={search}
              onInput={(event) => setSearch(event.currentTarget.value)}
            />
          </label>
          <button
            type="button"
            class="button button-icon"
            aria-label={texts.close}
            onClick={() => dialog.current?.close()}
          >
            <CloseIcon />
          </button>
        </header>
        <div class="dialog-body">
          {error && <Notice text={error.message || texts.problems.load} onRetry={retry} />}
          <table class="details">
            <thead>
              <tr>
                <th scope="col">{texts.rows[dimension]}</th>
                {columns.map((column) => (
                  <th key={column} scope="col" aria-sort={column === sorted ? 'descending' : undefined}>
                    <button type="button" onClick={() => setSorted(column)}>
                      {texts.metrics[column]}
                    </button>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <DetailsRow key={row.value} dimension={dimension} row={row} columns={columns} />
              ))}
            </tbody>
          </table>
          {data && rows.length === 0 && <p class="nothing">{texts.nothing.search}</p>}
          {!data && !error && <p class="nothing">{texts.loading}…</p>}
        </div>
        {total > maxRows && <p class="dialog-foot">{texts.shown(formatExact(maxRows), formatExact(total))}</p>}
      </div>
    </dialog>
  )
}

function DetailsRow({ dimension, row, columns }: { dimension: PanelDimension; row: BreakdownRow; columns: Column[] }) {
  const { text, small } = valueText(dimension, row.value)
  return (
    <tr>
      <th scope="row">
        {text}
        {small !== undefined && <small>{small}</small>}
      </th>
      {columns.map((column) => (
        <td key={column}>{write(column, row[column])}</td>
      ))}
    </tr>
  )
}

function write(column: Column, value: number | null): string {
  if (value === null) return '–'
  if (column === 'bounceRate') return formatPercent(value)
  if (column === 'visitDurationSeconds' || column === 'engagedSeconds') return formatDuration(value)
  return formatCount(value)
}

function searchable(dimension: PanelDimension, value: string): string {
  const { text, small = '' } = valueText(dimension, value)
  return `${text} ${small}`.toLowerCase()
}

/** The whole list of a dimension: all figures, a search, an order by any column, page by page, and as a file. */
import { useRef, useState } from 'preact/hooks'
import type { BreakdownAnswer } from '../../answers.ts'
import { formatExact } from '../format.ts'
import { SearchIcon } from '../icons.tsx'
import { Modal } from '../modal.tsx'
import { Notice } from '../notice.tsx'
import { apiPath, type Query } from '../state/client.ts'
import { useSession } from '../state/session.ts'
import { useFetched } from '../state/use-fetched.ts'
import type { Navigate } from '../state/view.ts'
import { texts } from '../texts.ts'
import { ViewLink } from '../view-link.tsx'
import { type Column, columnsOf, type Order, type Row, sortRows, toRows, writeCell } from './details-rows.ts'
import { filterOfRow, type ListDimension } from './lists.ts'
import { MakingBar } from './making-bar.tsx'
import { texts as panelTexts } from './texts.ts'
import { rowText } from './words.ts'

export type DetailsDialogProps = {
  title: string
  dimension: ListDimension
  site: string
  query: Query
  /** Whose conversions rows tell. */
  goal: string | undefined
  /** Of the period: what shares of visitors are of. */
  visitors: number
  navigate: Navigate
  onClose: () => void
}

/** Every value that a period tells apart. */
const maxRows = '20000'
const rowsPerPage = 100

export function DetailsDialog({ dimension, site, query, goal, visitors, navigate, ...modal }: DetailsDialogProps) {
  const { title, onClose } = modal
  const body = useRef<HTMLDivElement>(null)
  const columns = columnsOf(dimension, goal !== undefined)
  const [search, setSearch] = useState('')
  const [order, setOrder] = useState<Order>({ by: columns[0] ?? 'text', descending: true })
  const [page, setPage] = useState(0)
  const path = (more: Record<string, string>) =>
    apiPath(site, `breakdown/${dimension}`, { ...query, ...(goal && { goal }), limit: maxRows, ...more })
  const { data, error, making, retry } = useFetched<BreakdownAnswer>(path({}))

  const wanted = search.trim().toLowerCase()
  const all = data ? toRows(dimension, data, visitors) : []
  const found = sortRows(
    all.filter(({ text, small = '' }) => `${text} ${small}`.toLowerCase().includes(wanted)),
    order,
  )
  const first = page * rowsPerPage
  const shown = found.slice(first, first + rowsPerPage)

  function turnTo(next: number): void {
    setPage(next)
    body.current?.scrollTo({ top: 0 })
  }

  function sortBy(by: Order['by']): void {
    // Figures begin with the most, names with A.
    setOrder(order.by === by ? { by, descending: !order.descending } : { by, descending: by !== 'text' })
    turnTo(0)
  }

  return (
    <Modal
      title={title}
      wide
      onClose={onClose}
      tools={
        <>
          <label class="search">
            <SearchIcon />
            <span class="visually-hidden">{texts.search}</span>
            <input
              type="search"
              placeholder={texts.search}
              value={search}
              onInput={(event) => {
                setSearch(event.currentTarget.value)
                turnTo(0)
              }}
            />
          </label>
          <a class="button" href={path({ format: 'csv' })} download>
            {panelTexts.details.csv}
          </a>
        </>
      }
    >
      {() => (
        <>
          <div class="dialog-body" ref={body}>
            {error && <Notice text={error.message || texts.problems.load} onRetry={retry} />}
            <table class="details">
              <thead>
                <tr>
                  <Head name={rowText(dimension)} by="text" order={order} onSort={sortBy} />
                  {columns.map((column) => (
                    <Head key={column} name={columnText(column)} by={column} order={order} onSort={sortBy} />
                  ))}
                </tr>
              </thead>
              <tbody>
                {shown.map((row) => (
                  <DetailsRow key={row.value} dimension={dimension} row={row} columns={columns} navigate={navigate} />
                ))}
              </tbody>
            </table>
            {data && found.length === 0 && <p class="nothing">{texts.nothing.search}</p>}
            {making && <MakingBar making={making} />}
            {!data && !error && !making && <p class="nothing">{texts.loading}…</p>}
          </div>
          {found.length > rowsPerPage && (
            <nav class="dialog-foot dialog-pages" aria-label={title}>
              <button type="button" class="button" disabled={page === 0} onClick={() => turnTo(page - 1)}>
                {panelTexts.details.previous}
              </button>
              <span aria-live="polite">
                {panelTexts.details.page(
                  formatExact(first + 1),
                  formatExact(first + shown.length),
                  formatExact(found.length),
                )}
              </span>
              <button
                type="button"
                class="button"
                disabled={first + rowsPerPage >= found.length}
                onClick={() => turnTo(page + 1)}
              >
                {panelTexts.details.next}
              </button>
            </nav>
          )}
        </>
      )}
    </Modal>
  )
}

function columnText(column: Column): string {
  if (column === 'conversionRate') return panelTexts.rate
  return column === 'share' || column === 'conversions' ? panelTexts.details[column] : texts.metrics[column]
}

type HeadProps = { name: string; by: Order['by']; order: Order; onSort: (by: Order['by']) => void }

function Head({ name, by, order, onSort }: HeadProps) {
  const sorted = order.by !== by ? undefined : order.descending ? 'descending' : 'ascending'
  return (
    <th scope="col" aria-sort={sorted}>
      <button type="button" onClick={() => onSort(by)}>
        {name}
      </button>
    </th>
  )
}

type DetailsRowProps = { dimension: ListDimension; row: Row; columns: readonly Column[]; navigate: Navigate }

function DetailsRow({ dimension, row, columns, navigate }: DetailsRowProps) {
  const session = useSession()
  const filter = filterOfRow(dimension, row.value)
  const hasMap = dimension === 'page' && filter !== undefined && session?.by !== 'link'
  return (
    <tr>
      <th scope="row">
        {filter ? (
          <ViewLink
            class="details-link"
            view={{ ...navigate.narrowed(filter), details: undefined }}
            navigate={navigate}
            title={panelTexts.only(row.text)}
          >
            {row.text}
          </ViewLink>
        ) : (
          row.text
        )}
        {row.small !== undefined && <small>{row.small}</small>}
        {hasMap && (
          <small>
            <ViewLink
              class="link-button"
              view={{ page: 'explore', tab: 'clicks', chosen: row.value, details: undefined }}
              navigate={navigate}
              label={`${panelTexts.details.clickMap}: ${row.text}`}
            >
              {panelTexts.details.clickMap}
            </ViewLink>
          </small>
        )}
      </th>
      {columns.map((column) => (
        <td key={column}>{writeCell(column, row)}</td>
      ))}
    </tr>
  )
}

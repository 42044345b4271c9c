/** A card with a title, tabs where it has several lists, and the first values of one. */
import { useId, useState } from 'preact/hooks'
import type { BreakdownAnswer, PanelDimension, ReportFigures } from '../../answers.ts'
import { formatCount } from '../format.ts'
import { texts } from '../texts.ts'
import { BarList } from './bar-list.tsx'
import { DetailsDialog } from './details-dialog.tsx'
import { Tabs } from './tabs.tsx'
import { countOf } from './values.ts'

type PanelProps = {
  title: string
  dimensions: readonly PanelDimension[]
  current: PanelDimension
  onChoose: (dimension: PanelDimension) => void
  breakdown: BreakdownAnswer | undefined
  summary: ReportFigures | undefined
  /** Where the whole list is asked for. */
  detailsPath: string
}

export function Panel({ title, dimensions, current, onChoose, breakdown, summary, detailsPath }: PanelProps) {
  const [open, setOpen] = useState(false)
  const id = useId()
  const metric = countOf(current)
  const listId = `${id}-list`
  const named = dimensions.length > 1 ? texts.dimensions[current] : title
  return (
    <section class="card panel" aria-labelledby={`${id}-title`}>
      <header class="panel-head">
        <h2 id={`${id}-title`}>{title}</h2>
        {dimensions.length > 1 && (
          <Tabs
            label={title}
            names={dimensions}
            textOf={(dimension) => texts.dimensions[dimension]}
            current={current}
            controls={listId}
            onChoose={onChoose}
          />
        )}
      </header>
      <div
        id={listId}
        class="panel-body"
        {...(dimensions.length > 1 ? { role: 'tabpanel', 'aria-labelledby': `${listId}-${current}` } : {})}
      >
        {breakdown && breakdown.rows.length > 0 && (
          <div class="list-head">
            <span>{texts.rows[current]}</span>
            <span>{texts.metrics[metric]}</span>
          </div>
        )}
        {!breakdown && <SkeletonBars />}
        {breakdown && breakdown.rows.length === 0 && <p class="nothing">{texts.nothing[current]}</p>}
        {breakdown && <BarList dimension={current} rows={breakdown.rows} of={summary?.[metric] ?? 0} />}
      </div>
      {breakdown && breakdown.total > breakdown.rows.length && (
        <button type="button" class="link-button panel-more" onClick={() => setOpen(true)}>
          {texts.showAll(formatCount(breakdown.total))}
        </button>
      )}
      {open && (
        <DetailsDialog
          title={named}
          dimension={current}
          path={detailsPath}
          total={breakdown?.total ?? 0}
          onClose={() => setOpen(false)}
        />
      )}
    </section>
  )
}

const skeletonWidths = ['92%', '70%', '58%', '46%', '40%', '32%']

function SkeletonBars() {
  return (
    <div class="skeleton-bars">
      {skeletonWidths.map((width) => (
        <span key={width} class="skeleton-bar" style={{ width }} />
      ))}
      <span class="visually-hidden">{texts.loading}</span>
    </div>
  )
}

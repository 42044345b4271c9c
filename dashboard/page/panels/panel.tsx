/** A card with a title, tabs where it has several lists, and one of them. */
import { useId } from 'preact/hooks'
import type { ReportFigures } from '../../answers.ts'
import { formatCount } from '../format.ts'
import { Notice } from '../notice.tsx'
import type { Navigate } from '../state/view.ts'
import { texts } from '../texts.ts'
import { BarList } from './bar-list.tsx'
import { later } from './later.tsx'
import { countOf, isPicture, type ListDimension, type ListName, type PictureName } from './lists.ts'
import { MakingBar } from './making-bar.tsx'
import { ScrollDepth } from './scroll-depth.tsx'
import { SkeletonBars } from './skeleton-bars.tsx'
import { Tabs } from './tabs.tsx'
import { texts as panelTexts } from './texts.ts'
import { type Question, useBefore, useBreakdown, useRates } from './use-breakdown.ts'
import { Vitals } from './vitals.tsx'
import { listText, nothingText, rowText } from './words.ts'

const DetailsDialog = later(async () => (await import('./details-dialog.tsx')).DetailsDialog)
const WorldMap = later(async () => (await import('./world-map.tsx')).WorldMap)

type PanelProps = {
  title: string
  lists: readonly ListName[]
  current: ListName
  onChoose: (list: ListName) => void
  question: Question
  summary: ReportFigures | undefined
  /** The list that is looked at whole, in whichever panel. */
  details: ListDimension | undefined
  navigate: Navigate
}

export function Panel({ title, lists, current, onChoose, question, summary, details, navigate }: PanelProps) {
  const id = useId()
  const listId = `${id}-list`
  const hasTabs = lists.length > 1
  return (
    <section class="card panel" aria-labelledby={`${id}-title`}>
      <header class="panel-head">
        <h2 id={`${id}-title`}>{title}</h2>
        {hasTabs ? (
          <Tabs label={title} names={lists} textOf={listText} current={current} controls={listId} onChoose={onChoose} />
        ) : (
          listText(current) !== title && <span class="panel-only">{listText(current)}</span>
        )}
      </header>
      <div
        id={listId}
        class="panel-body"
        {...(hasTabs ? { role: 'tabpanel', 'aria-labelledby': `${listId}-${current}` } : {})}
      >
        {isPicture(current) ? (
          <Picture name={current} question={question} summary={summary} navigate={navigate} />
        ) : (
          <List
            key={current + question.goal}
            title={hasTabs ? listText(current) : title}
            dimension={current}
            question={question}
            summary={summary}
            open={details === current}
            navigate={navigate}
          />
        )}
      </div>
    </section>
  )
}

type PictureProps = {
  name: PictureName
  question: Question
  summary: ReportFigures | undefined
  navigate: Navigate
}

function Picture({ name, question, summary, navigate }: PictureProps) {
  switch (name) {
    case 'map':
      return <WorldMap question={question} visitors={summary?.visitors ?? 0} navigate={navigate} />
    case 'vitals':
      return <Vitals question={question} />
    case 'depth':
      return <ScrollDepth question={question} />
  }
}

type ListProps = {
  title: string
  dimension: ListDimension
  question: Question
  summary: ReportFigures | undefined
  /** Whether the whole list is looked at. */
  open: boolean
  navigate: Navigate
}

function List({ title, dimension, question, summary, open, navigate }: ListProps) {
  const { breakdown, error, making, retry } = useBreakdown(dimension, question)
  const before = useBefore(dimension, question)
  const rates = useRates(dimension, question)
  const metric = countOf(dimension)
  // A visitor has one browser but sees many pages: shares of visitors are of all there were, others of all that is listed.
  const of = metric === 'visitors' ? (summary?.visitors ?? 0) : (breakdown?.sum ?? 0)
  if (!breakdown && error) return <Notice text={error.message || texts.problems.load} onRetry={retry} />
  if (!breakdown) return making ? <MakingBar making={making} /> : <SkeletonBars />
  if (breakdown.rows.length === 0) return <p class="nothing">{nothingText(dimension)}</p>
  return (
    <>
      <div class="list-head">
        <span>{rowText(dimension)}</span>
        <span>
          {texts.metrics[metric]}
          {before && <span class="legend">{before.name}</span>}
          {rates && <span class="bar-rate">{panelTexts.rate}</span>}
        </span>
      </div>
      <BarList dimension={dimension} rows={breakdown.rows} of={of} before={before} rates={rates} navigate={navigate} />
      <button type="button" class="link-button panel-more" onClick={() => navigate.to({ details: dimension })}>
        {breakdown.total > breakdown.rows.length ? texts.showAll(formatCount(breakdown.total)) : texts.seeDetails}
      </button>
      {open && (
        <DetailsDialog
          title={title}
          dimension={dimension}
          site={question.site}
          query={question.query}
          goal={question.goal}
          visitors={summary?.visitors ?? 0}
          navigate={navigate}
          onClose={() => navigate.fix({ details: undefined })}
        />
      )}
    </>
  )
}

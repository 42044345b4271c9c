/** Web vitals: what three of four loads did no worse than, how that is rated, and how all of them are spread. */
import type { VitalRow, VitalsAnswer } from '../../answers.ts'
import { formatCount, formatPercent, formatVital } from '../format.ts'
import { Notice } from '../notice.tsx'
import { apiPath } from '../state/client.ts'
import { useFetched } from '../state/use-fetched.ts'
import { texts } from '../texts.ts'
import { MakingBar } from './making-bar.tsx'
import { SkeletonBars } from './skeleton-bars.tsx'
import { texts as panelTexts } from './texts.ts'
import { type Question, refreshMs } from './use-breakdown.ts'
import { nothingText } from './words.ts'

const ratings = ['good', 'needsImprovement', 'poor'] as const

export function Vitals({ question: { site, query } }: { question: Question }) {
  const { data, error, making, retry } = useFetched<VitalsAnswer>(apiPath(site, 'vitals', query), refreshMs)
  if (!data && error) return <Notice text={error.message || texts.problems.load} onRetry={retry} />
  if (!data) return making ? <MakingBar making={making} /> : <SkeletonBars />
  if (data.vitals.length === 0) return <p class="nothing">{nothingText('vitals')}</p>
  return (
    <>
      <ul class="vitals">
        {data.vitals.map((vital) => (
          <Vital key={vital.name} {...vital} />
        ))}
      </ul>
      <p class="panel-note">{panelTexts.vitals.p75}</p>
    </>
  )
}

function Vital({ name, p75, rating, count, ...spread }: VitalRow) {
  const words = panelTexts.vitals
  return (
    <li class="vital">
      <div class="vital-head">
        <span class="vital-name">
          {name} <small>{words.names[name]}</small>
        </span>
        <span class="vital-rating" data-rating={rating}>
          {words.ratings[rating]}
        </span>
        <strong>{formatVital(name, p75)}</strong>
      </div>
      <div class="vital-spread" aria-hidden="true">
        {ratings.map((each) => (
          <span key={each} data-rating={each} style={{ flexGrow: spread[each] }} />
        ))}
      </div>
      <small>
        {ratings.map((each) => `${words.ratings[each]} ${formatPercent(spread[each] / count)}`).join(' · ')} ·{' '}
        {words.reports(count, formatCount(count))}
      </small>
    </li>
  )
}

/** How far down pages are seen: what share of reports reached each tenth. */
import type { ScrollAnswer } from '../../answers.ts'
import { formatCount, formatPercent } from '../format.ts'
import { Notice } from '../notice.tsx'
import { apiPath } from '../state/client.ts'
import { useFetched } from '../state/use-fetched.ts'
import { texts } from '../texts.ts'
import { numbersWidth } from './bar-list.tsx'
import { MakingBar } from './making-bar.tsx'
import { SkeletonBars } from './skeleton-bars.tsx'
import { texts as panelTexts } from './texts.ts'
import { type Question, refreshMs } from './use-breakdown.ts'
import { nothingText } from './words.ts'

export function ScrollDepth({ question: { site, query } }: { question: Question }) {
  const { data, error, making, retry } = useFetched<ScrollAnswer>(apiPath(site, 'scroll', query), refreshMs)
  if (!data && error) return <Notice text={error.message || texts.problems.load} onRetry={retry} />
  if (!data) return making ? <MakingBar making={making} /> : <SkeletonBars />
  if (data.total === 0) return <p class="nothing">{nothingText('depth')}</p>
  const words = panelTexts.depth
  return (
    <>
      <div class="list-head">
        <span>{words.head}</span>
        <span>{words.count}</span>
      </div>
      <ol class="bars">
        {/* Everybody reaches the top. */}
        {data.depths.slice(1).map(({ percent, reached }) => (
          <li key={percent} class="bar-row">
            <span class="bar" style={{ width: `calc((100% - ${numbersWidth}px) * ${reached / data.total})` }} />
            <span class="bar-label">{formatPercent(percent / 100)}</span>
            <span class="bar-share">{formatPercent(reached / data.total)}</span>
            <span class="bar-count">{formatCount(reached)}</span>
          </li>
        ))}
      </ol>
    </>
  )
}

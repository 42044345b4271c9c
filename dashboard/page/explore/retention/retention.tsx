/** Who comes back in later weeks: a table whose cells are as strong as the share that they tell. */
import type { SiteAnswer } from '../../../answers.ts'
import type { CohortsAnswer } from '../../../cohort-answers.ts'
import { Notice } from '../../notice.tsx'
import { MakingBar } from '../../panels/making-bar.tsx'
import { apiPath } from '../../state/client.ts'
import { useFetched } from '../../state/use-fetched.ts'
import type { Navigate } from '../../state/view.ts'
import { texts } from '../../texts.ts'
import { ViewLink } from '../../view-link.tsx'
import type { QuestionProps } from '../questions.tsx'
import { CohortTable } from './cohort-table.tsx'
import { addStyles } from './styles.ts'
import { retentionTexts as words } from './texts.ts'
import { utcDayText } from './weeks.ts'

addStyles()

export function Retention({ site, navigate, query }: QuestionProps) {
  const isRemembered = site.rememberedWeeks !== null
  const path = (format?: 'csv') => apiPath(site.site, 'cohorts', { ...query, format })
  const { data, error, making, retry } = useFetched<CohortsAnswer>(isRemembered ? path() : undefined)
  if (!isRemembered) return <NotRemembered site={site} navigate={navigate} />
  return (
    <section class="card retention" aria-label={words.title}>
      <p class="hint">{words.lead}</p>
      {error && <Notice text={error.message || texts.problems.load} onRetry={retry} />}
      {making && <MakingBar making={making} />}
      {!data && !error && !making && <p class="hint">{texts.loading}…</p>}
      {data && <Answer answer={data} csv={path('csv')} navigate={navigate} />}
    </section>
  )
}

function NotRemembered({ site, navigate }: { site: SiteAnswer; navigate: Navigate }) {
  return (
    <section class="card retention" aria-label={words.title}>
      <h2>{words.off.title}</h2>
      <p class="hint">{site.strict ? words.off.strict : words.off.text}</p>
      {!site.strict && site.role === 'owner' && (
        <p>
          <ViewLink class="button" view={{ page: 'settings' }} navigate={navigate}>
            {words.off.toSettings}
          </ViewLink>
        </p>
      )}
      {!site.strict && site.role !== 'owner' && <p class="hint">{words.off.owners}</p>}
    </section>
  )
}

function Answer({ answer, csv, navigate }: { answer: CohortsAnswer; csv: string; navigate: Navigate }) {
  const { rememberedFrom, cohorts } = answer
  if (cohorts.length === 0)
    return rememberedFrom && <p class="hint">{words.notYet(utcDayText(rememberedFrom.slice(0, 10)))}</p>
  if (cohorts.every(({ visitors }) => visitors === 0)) return <p class="hint">{words.nobody}</p>
  return (
    <>
      {cohorts.every(({ later }) => later.length === 0) && (
        <p class="hint">
          {words.short}{' '}
          <ViewLink view={{ period: '12mo', from: undefined, to: undefined }} navigate={navigate}>
            {words.longer}
          </ViewLink>
        </p>
      )}
      <CohortTable answer={answer} />
      <p>
        <a class="button" download href={csv}>
          {words.csv}
        </a>
      </p>
    </>
  )
}

/** The questions of the page `explore`, each loaded when it is asked. */
import type { ComponentType } from 'preact'
import type { SiteAnswer } from '../../answers.ts'
import { loadPage } from '../load-page.tsx'
import type { DateRange } from '../state/period.ts'
import type { ExploreTab, Navigate, View } from '../state/view.ts'

export type QuestionProps = {
  site: SiteAnswer
  view: View
  navigate: Navigate
  /** What is asked about, in the site's time zone. */
  range: DateRange
  /** The same and the filters, as every route of the API takes them. */
  query: {
    from: string
    to: string
    generation: string | undefined
    segment: string | undefined
    filter: readonly string[]
  }
}

export const questions: Record<ExploreTab, ComponentType<QuestionProps>> = {
  clicks: loadPage(async () => (await import('./clicks/clicks.tsx')).Clicks),
  funnels: loadPage(async () => (await import('./funnels/funnels.tsx')).Funnels),
  journeys: loadPage(async () => (await import('./journeys/journeys.tsx')).Journeys),
  retention: loadPage(async () => (await import('./retention/retention.tsx')).Retention),
  visits: loadPage(async () => (await import('./visits/visits.tsx')).Visits),
  sql: loadPage(async () => (await import('./sql/sql.tsx')).Sql),
}

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

const part = (load: () => Promise<ComponentType<QuestionProps>>) => loadPage(load, true)

export const questions: Record<ExploreTab, ComponentType<QuestionProps>> = {
  clicks: part(async () => (await import('./clicks/clicks.tsx')).Clicks),
  funnels: part(async () => (await import('./funnels/funnels.tsx')).Funnels),
  journeys: part(async () => (await import('./journeys/journeys.tsx')).Journeys),
  retention: part(async () => (await import('./retention/retention.tsx')).Retention),
  visits: part(async () => (await import('./visits/visits.tsx')).Visits),
  sql: part(async () => (await import('./sql/sql.tsx')).Sql),
}

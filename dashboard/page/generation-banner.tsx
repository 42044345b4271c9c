/** Says that these figures are not those that are published, and leads back to them. */
import type { ReplayAnswer, ReplayState } from '../answers.ts'
import { formatDateRange } from './format.ts'
import { ReplayIcon } from './icons.tsx'
import type { Navigate } from './state/view.ts'
import { texts } from './texts.ts'
import { ViewLink } from './view-link.tsx'

type GenerationBannerProps = {
  id: string
  site: string
  /** Undefined before it is known. */
  replay: ReplayAnswer | undefined
  /** There is no such replay, or nothing of it to look at. */
  gone: boolean
  navigate: Navigate
}

export function GenerationBanner({ id, site, replay, gone, navigate }: GenerationBannerProps) {
  const words = texts.replays.banner
  return (
    <section class="generation-banner" aria-label={words.label} aria-live="polite">
      <ReplayIcon />
      <div>
        <strong>{words.title(id)}</strong>
        <p>{gone ? words.gone : replay && about(replay, site)}</p>
      </div>
      <div class="generation-links">
        <ViewLink class="button" view={{ generation: undefined }} navigate={navigate}>
          {words.asPublished}
        </ViewLink>
        {!gone && (
          <ViewLink class="button" view={{ page: 'replays', generation: id }} navigate={navigate}>
            {words.toReplay}
          </ViewLink>
        )}
      </div>
    </section>
  )
}

function about({ sites, from, to, publishedAt }: ReplayAnswer, site: string): string {
  const words = texts.replays.banner
  if (sites !== 'all' && !sites.includes(site)) return words.otherSites
  const days = formatDateRange(from, to)
  return publishedAt === null ? words.about(days) : words.published(days)
}

const visibleStates: ReadonlySet<ReplayState> = new Set(['running', 'ready', 'failed'])

/** Whether the API answers by its figures (store/views.ts). */
export function isVisible({ state }: Pick<ReplayAnswer, 'state'>): boolean {
  return visibleStates.has(state)
}

/** Where nothing was counted: a site that has just been added, and a period in which nobody came. */
import { CopyBox } from './copy-box.tsx'
import { formatCount, formatDate } from './format.ts'
import { texts } from './texts.ts'

type Bots = { bots: number | undefined }

/** How to begin. */
export function EmptySite({ site, snippetUrl, bots }: { site: string; snippetUrl: string } & Bots) {
  return (
    <section class="card empty" aria-labelledby="empty-title">
      <span class="empty-pulse" aria-hidden="true" />
      <h2 id="empty-title">{texts.empty.title}</h2>
      <p>{texts.empty.lead}</p>
      <CopyBox code={`<script defer src="${snippetUrl}" data-site="${site}"></script>`} />
      {ofBots(bots) && <p>{ofBots(bots)}</p>}
      <h3>{texts.empty.importTitle}</h3>
      <p>{texts.empty.importLead}</p>
      <CopyBox code={`npm run import -- access.log --site ${site}`} />
    </section>
  )
}

/** @param firstDay `YYYY-MM-DD`, of the site */
export function EmptyPeriod({ firstDay, bots, onShowAll }: { firstDay: string; onShowAll: () => void } & Bots) {
  return (
    <p class="hint">
      {texts.empty.noneInPeriod} {ofBots(bots)} {texts.empty.since(formatDate(firstDay))}{' '}
      <button type="button" class="link-button" onClick={onShowAll}>
        {texts.empty.showAllTime}
      </button>
    </p>
  )
}

/** Whoever tries the snippet from a script would look for the fault in the wrong place. */
function ofBots(bots = 0): string | undefined {
  return bots > 0 ? texts.empty.ofBots(bots, formatCount(bots)) : undefined
}

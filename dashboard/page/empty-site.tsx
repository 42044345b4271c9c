/** A site that nothing was ever counted for: how to begin. */
import { CopyBox } from './copy-box.tsx'
import { texts } from './texts.ts'

export function EmptySite({ site, snippetUrl }: { site: string; snippetUrl: string }) {
  return (
    <section class="card empty" aria-labelledby="empty-title">
      <span class="empty-pulse" aria-hidden="true" />
      <h2 id="empty-title">{texts.empty.title}</h2>
      <p>{texts.empty.lead}</p>
      <CopyBox code={`<script defer src="${snippetUrl}" data-site="${site}"></script>`} />
      <h3>{texts.empty.importTitle}</h3>
      <p>{texts.empty.importLead}</p>
      <CopyBox code={`npm run import -- access.log --site ${site}`} />
    </section>
  )
}

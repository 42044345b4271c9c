/** Opens the page itself with the map over it, by a link that is good for a while. */
import { useState } from 'preact/hooks'
import type { SiteAnswer } from '../../../answers.ts'
import type { ClickmapLinkAnswer } from '../../../clickmap-answers.ts'
import { apiPath, postJson, type Query, RequestError } from '../../state/client.ts'
import { texts } from '../../texts.ts'
import { clicksTexts } from './texts.ts'

type LiveLinkProps = { site: SiteAnswer; page: string; query: Query }

export function LiveLink({ site, page, query }: LiveLinkProps) {
  const [origin = ''] = site.origins
  // Rules may have given pages names that are no paths.
  const [address, setAddress] = useState(origin && `${origin}${page.startsWith('/') ? page : '/'}`)
  const [link, setLink] = useState<string>()
  const [problem, setProblem] = useState('')
  const [isBusy, setBusy] = useState(false)

  async function open(event: Event): Promise<void> {
    event.preventDefault()
    setBusy(true)
    setProblem('')
    // Browsers let a tab be opened while the click is being answered, and not later.
    const tab = window.open('', '_blank')
    try {
      const { url } = await postJson<ClickmapLinkAnswer>(apiPath(site.site, 'clickmap/links', query), { url: address })
      setLink(url)
      if (tab) {
        // The page is to know nothing of us.
        tab.opener = null
        tab.location.replace(url)
      }
    } catch (error) {
      tab?.close()
      const told = error instanceof RequestError ? error.sentence || error.message : ''
      setProblem(told || texts.problems.load)
    }
    setBusy(false)
  }

  return (
    <section class="card" aria-labelledby="clickmap-live">
      <h2 id="clickmap-live">{clicksTexts.live}</h2>
      <form class="clickmap-live" onSubmit={open}>
        <p>{clicksTexts.liveHint}</p>
        <label>
          <span class="clickmap-name">{clicksTexts.address}</span>
          <input
            type="url"
            required
            value={address}
            placeholder="https://www.example.com/pricing"
            onInput={(event) => setAddress(event.currentTarget.value)}
          />
        </label>
        <button type="submit" class="button button-primary" disabled={isBusy}>
          {clicksTexts.open}
        </button>
        <div role="status">
          {problem && <p>{problem}</p>}
          {link && (
            <p>
              {clicksTexts.opened}{' '}
              <a href={link} target="_blank" rel="noopener noreferrer">
                {clicksTexts.again}
              </a>
            </p>
          )}
        </div>
      </form>
    </section>
  )
}

/** A page whose script is loaded when it is asked for: few need it, and they need it seldom. */
import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { texts } from './texts.ts'

/** @param isPart of a page that has a `main` of its own */
export function loadPage<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  isPart = false,
): ComponentType<Props> {
  return function LoadedPage(props: Props) {
    const [Page, setPage] = useState<ComponentType<Props>>()
    const [failed, setFailed] = useState(false)

    useEffect(() => {
      load().then(
        (loaded) => setPage(() => loaded),
        () => setFailed(true),
      )
    }, [])

    if (Page) return <Page {...props} />
    const told = failed ? (
      <div class="notice" role="alert">
        {texts.replays.loadFailed}
        <button type="button" class="link-button" onClick={() => location.reload()}>
          {texts.replays.reload}
        </button>
      </div>
    ) : (
      <p class="visually-hidden">{texts.loading}</p>
    )
    return isPart ? told : <main class="page">{told}</main>
  }
}

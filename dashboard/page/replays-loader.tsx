/** Loads the page of replays when it is asked for: few need it, and they need it seldom. */
import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { ReplaysProps } from './replays/replays.tsx'
import { texts } from './texts.ts'

export function ReplaysLoader(props: ReplaysProps) {
  const [Page, setPage] = useState<ComponentType<ReplaysProps>>()
  const [failed, setFailed] = useState(false)

  useEffect(() => {
    import('./replays/replays.tsx').then(
      ({ Replays }) => setPage(() => Replays),
      () => setFailed(true),
    )
  }, [])

  if (Page) return <Page {...props} />
  return (
    <main class="page">
      {failed ? (
        <div class="notice" role="alert">
          {texts.replays.loadFailed}
          <button type="button" class="link-button" onClick={() => location.reload()}>
            {texts.replays.reload}
          </button>
        </div>
      ) : (
        <p class="visually-hidden">{texts.loading}</p>
      )}
    </main>
  )
}

/** The page of replays: all of them, or one with what it changes. For whoever runs Retrace. */
import { useEffect, useState } from 'preact/hooks'
import { Brand } from '../brand.tsx'
import { SettingsMenu } from '../header/settings-menu.tsx'
import { BackIcon } from '../icons.tsx'
import { isPlainClick, type Navigate, type View } from '../state/view.ts'
import { texts } from '../texts.ts'
import { ViewLink } from '../view-link.tsx'
import { ReplayDetail } from './detail.tsx'
import { ReplayList } from './list.tsx'
import { StartDialog } from './start-dialog.tsx'
import { replayTexts } from './texts.ts'

export type ReplaysProps = { view: View; navigate: Navigate }

export function Replays({ view, navigate }: ReplaysProps) {
  const { generation } = view
  const [starting, setStarting] = useState(false)
  const words = replayTexts
  const figures = { page: 'site', generation: undefined } as const

  useEffect(() => {
    document.title = `${generation ?? texts.replays.title} · ${texts.product}`
  }, [generation])

  return (
    <div class="page">
      <header class="header">
        <Brand
          href={navigate.href(figures)}
          onClick={(event) => {
            if (!isPlainClick(event)) return
            event.preventDefault()
            navigate.to(figures)
          }}
        />
        <h1 class="page-title">{texts.replays.title}</h1>
        <div class="header-controls">
          <ViewLink class="button" view={figures} label={words.toFigures} navigate={navigate}>
            <BackIcon />
            <span class="wide-only">{words.toFigures}</span>
          </ViewLink>
          <SettingsMenu />
        </div>
      </header>
      <main class="content">
        {generation === undefined ? (
          <ReplayList navigate={navigate} onStart={() => setStarting(true)} />
        ) : (
          <ReplayDetail key={generation} id={generation} view={view} navigate={navigate} />
        )}
      </main>
      {starting && (
        <StartDialog
          onClose={() => setStarting(false)}
          onStarted={(id) => navigate.to({ generation: id, figure: undefined, dimension: undefined })}
        />
      )}
    </div>
  )
}

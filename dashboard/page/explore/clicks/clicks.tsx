/** The click map of a page: heat over an outline, elements and depth beside it, and the way to the page itself. */

import { useState } from 'preact/hooks'
import type { BreakdownAnswer } from '../../../answers.ts'
import type { ClickmapAnswer } from '../../../clickmap-answers.ts'
import { Notice } from '../../notice.tsx'
import { MakingBar } from '../../panels/making-bar.tsx'
import { apiPath } from '../../state/client.ts'
import { useFetched } from '../../state/use-fetched.ts'
import { texts } from '../../texts.ts'
import type { QuestionProps } from '../questions.tsx'
import { Choice } from './choice.tsx'
import { Depth, Elements, type Mode, modes } from './lists.tsx'
import { LiveLink } from './live-link.tsx'
import { Outline, screenName } from './outline.tsx'
import { addStyles } from './styles.ts'
import { clicksTexts } from './texts.ts'

/** Pages to choose from: whoever wants another one comes from the list of pages. */
const mostPages = '200'

addStyles()

export function Clicks({ site, view, navigate, query }: QuestionProps) {
  const pages = useFetched<BreakdownAnswer>(
    apiPath(site.site, 'breakdown/page', { ...query, metric: 'clicks', limit: mostPages }),
  )
  const names = pages.data?.rows.map(({ value }) => value) ?? []
  const page = view.chosen ?? names[0]
  const all = page === undefined || names.includes(page) ? names : [page, ...names]
  const asked = page === undefined ? undefined : { ...query, page }
  const map = useFetched<ClickmapAnswer>(asked && apiPath(site.site, 'clickmap', asked))
  const [mode, setMode] = useState<Mode>('clicks')
  const [chosen, setChosen] = useState<string>()

  const { error, making, retry } = pages.error && !pages.data ? pages : map
  if (pages.data && page === undefined) return <p class="card nothing">{clicksTexts.noPages}</p>
  // The answer of the page before this one stays until this one's is there.
  const answer = map.data?.page === page ? map.data : undefined
  const screens = answer?.grid.screens ?? []
  const most = screens.toSorted((a, b) => b.clicks - a.clicks)[0]
  const screen = screens.find((each) => each.screen === chosen) ?? most
  return (
    <div class="clickmap">
      <div class="card clickmap-bar">
        <label class="clickmap-page">
          <span class="clickmap-name">{clicksTexts.page}</span>
          <select value={page} onChange={(event) => navigate.to({ chosen: event.currentTarget.value })}>
            {all.map((name) => (
              <option key={name} value={name} selected={name === page}>
                {name}
              </option>
            ))}
          </select>
        </label>
        {answer && (
          <Choice
            name={clicksTexts.mode}
            options={modes.map((each) => ({
              value: each,
              text: clicksTexts.modes[each],
              count: countOf(each, answer),
            }))}
            chosen={mode}
            onChoose={setMode}
          />
        )}
        {answer && screen && (
          <Choice
            name={clicksTexts.width}
            options={screens.map(({ screen: name, clicks }) => ({
              value: name,
              text: screenName(name),
              count: clicks,
            }))}
            chosen={screen.screen}
            onChoose={setChosen}
          />
        )}
      </div>
      {!answer && error && <Notice text={error.message || texts.problems.load} onRetry={retry} />}
      {!answer && !error && making && <MakingBar making={making} />}
      {!answer && !error && !making && <section class="card settings-skeleton" aria-busy="true" />}
      {answer && screen && <Outline key={`${page} ${screen.screen}`} answer={answer} screen={screen} />}
      {answer && asked && (
        <div class="clickmap-side">
          <LiveLink key={page} site={site} page={answer.page} query={asked} />
          <Elements answer={answer} mode={mode} />
          <Depth scroll={answer.scroll} />
        </div>
      )}
    </div>
  )
}

function countOf(mode: Mode, answer: ClickmapAnswer): number {
  return mode === 'clicks' ? answer.clicks : answer[mode].reduce((sum, { events }) => sum + events, 0)
}

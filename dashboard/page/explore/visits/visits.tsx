/** Visits one by one, and what happened in the one that is opened. */
import { useState } from 'preact/hooks'
import type { VisitRow, VisitsAnswer } from '../../../visit-list-answers.ts'
import { formatDuration, formatExact } from '../../format.ts'
import { locale } from '../../language.ts'
import { Notice } from '../../notice.tsx'
import { MakingBar } from '../../panels/making-bar.tsx'
import { valueText } from '../../panels/values.ts'
import { apiPath } from '../../state/client.ts'
import { useFetched } from '../../state/use-fetched.ts'
import { isPlainClick } from '../../state/view.ts'
import { texts } from '../../texts.ts'
import type { QuestionProps } from '../questions.tsx'
import { Steps } from './steps.tsx'
import { addStyles } from './styles.ts'
import { visitsTexts as words } from './texts.ts'

/** Visits of a page of the list, and of a file. */
const mostShown = '50'
const mostInFile = '500'

addStyles()

export function Visits({ site, view, navigate, query }: QuestionProps) {
  const question = JSON.stringify(query)
  const [place, setPlace] = useState<{ question: string; before: string }>()
  // Another question begins at its latest visits.
  const before = place?.question === question ? place.before : undefined
  const maySee = site.role !== 'viewer'
  const { data, error, making, retry } = useFetched<VisitsAnswer>(
    maySee ? apiPath(site.site, 'visits', { ...query, before, limit: mostShown }) : undefined,
  )
  if (!maySee) return <p class="hint">{words.editorsOnly}</p>
  const { visits = [], next } = data ?? {}
  const { chosen } = view
  const isListed = visits.some(({ id }) => id === chosen)
  const steps = chosen !== undefined && (
    <Steps path={apiPath(site.site, `visits/${encodeURIComponent(chosen)}`, query)} timeZone={site.timeZone} />
  )
  return (
    <section class="card visits" aria-label={words.list}>
      <p class="hint">{words.lead}</p>
      {error && <Notice text={error.message || texts.problems.load} onRetry={retry} />}
      {making && <MakingBar making={making} />}
      {!data && !error && !making && <p class="hint">{texts.loading}…</p>}
      {data && visits.length === 0 && <p class="hint">{words.none}</p>}
      {data && steps && !isListed && steps}
      <ol class="visits-list">
        {visits.map((visit) => {
          const isOpen = visit.id === chosen
          const change = { chosen: isOpen ? undefined : visit.id }
          return (
            <li key={visit.id}>
              <a
                href={navigate.href(change)}
                aria-expanded={isOpen}
                onClick={(event) => {
                  if (!isPlainClick(event)) return
                  event.preventDefault()
                  navigate.to(change)
                }}
              >
                <Face visit={visit} timeZone={site.timeZone} />
              </a>
              {isOpen && steps}
            </li>
          )
        })}
      </ol>
      <div class="visits-foot">
        {before !== undefined && (
          <button type="button" class="button" onClick={() => setPlace(undefined)}>
            {words.latest}
          </button>
        )}
        {next && (
          <button type="button" class="button" onClick={() => setPlace({ question, before: next })}>
            {words.earlier}
          </button>
        )}
        {visits.length > 0 && (
          <a
            class="button"
            download
            href={apiPath(site.site, 'visits', { ...query, before, limit: mostInFile, format: 'csv' })}
          >
            {words.csv}
          </a>
        )}
      </div>
    </section>
  )
}

function Face({ visit, timeZone }: { visit: VisitRow; timeZone: string }) {
  const { at, seconds, entry, exit, country, device, browser, os, source } = visit
  const when = new Intl.DateTimeFormat(locale, { timeZone, dateStyle: 'medium', timeStyle: 'short' })
  const counted = (['pageviews', 'clicks', 'events', 'errors'] as const)
    .filter((name) => visit[name] > 0)
    .map((name) => words[name](visit[name], formatExact(visit[name])))
  const came = [
    country && valueText('country', country).text,
    device && valueText('device', device).text,
    browser && valueText('browser', browser).text,
    os && valueText('os', os).text,
  ].filter(Boolean)
  return (
    <>
      <span class="visits-when">
        {when.format(Date.parse(at))} <small>{formatDuration(seconds)}</small>
      </span>
      <span class="visits-way">
        {entry ?? words.noPage}
        {exit !== null && exit !== entry && ` → ${exit}`}
        {source && <small class="visits-what"> {words.from(source)}</small>}
      </span>
      <span class="visits-what">
        {counted.join(' · ')}
        {came.length > 0 && <br />}
        {came.join(' · ')}
      </span>
    </>
  )
}

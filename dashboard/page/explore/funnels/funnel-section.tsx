/** One funnel of the site: chosen, drawn, and as a table. */
import { useState } from 'preact/hooks'
import type { FunnelAnswer, FunnelReportAnswer, FunnelsAnswer } from '../../../visit-answers.ts'
import { formatExact, formatFineDuration, formatPercent } from '../../format.ts'
import { Notice } from '../../notice.tsx'
import { MakingBar } from '../../panels/making-bar.tsx'
import { apiPath } from '../../state/client.ts'
import { useFetched } from '../../state/use-fetched.ts'
import { texts } from '../../texts.ts'
import type { QuestionProps } from '../questions.tsx'
import { FunnelDrawing } from './funnel-drawing.tsx'
import { FunnelForm } from './funnel-form.tsx'
import { stepWords } from './step-words.ts'
import { aimTexts } from './texts.ts'

export function FunnelSection({ site, view, navigate, query }: QuestionProps) {
  const { data, error, retry } = useFetched<FunnelsAnswer>(apiPath(site.site, 'funnels'))
  const [editing, setEditing] = useState<FunnelAnswer | 'new'>()
  const chosen = data?.funnels.find(({ id }) => id === view.chosen) ?? data?.funnels[0]
  const mayEdit = site.role !== 'viewer'
  return (
    <section class="card" aria-labelledby="funnel-title">
      <div class="aims-head">
        <h2 id="funnel-title">{aimTexts.funnels}</h2>
        {chosen && (
          <select
            aria-label={aimTexts.whichFunnel}
            value={chosen.id}
            onChange={(event) => navigate.to({ chosen: event.currentTarget.value })}
          >
            {data?.funnels.map(({ id, name }) => (
              <option key={id} value={id} selected={id === chosen.id}>
                {name}
              </option>
            ))}
          </select>
        )}
        {mayEdit && chosen && (
          <button
            type="button"
            class="button"
            aria-label={aimTexts.editOf(chosen.name)}
            onClick={() => setEditing(chosen)}
          >
            {aimTexts.edit}
          </button>
        )}
        {mayEdit && (
          <button type="button" class="button" onClick={() => setEditing('new')}>
            {aimTexts.newFunnel}
          </button>
        )}
      </div>
      {error && <Notice text={error.message || texts.problems.load} onRetry={retry} />}
      {data && !chosen && <p class="hint">{mayEdit ? aimTexts.noFunnels : aimTexts.noFunnelsViewer}</p>}
      {chosen && <Report key={chosen.id} site={site.site} funnel={chosen} query={query} />}
      {editing && (
        <FunnelForm
          site={site.site}
          funnel={editing === 'new' ? undefined : editing}
          onClose={() => setEditing(undefined)}
          onDone={(id) => {
            setEditing(undefined)
            navigate.fix({ chosen: id })
            retry()
          }}
        />
      )}
    </section>
  )
}

type ReportProps = { site: string; funnel: FunnelAnswer; query: QuestionProps['query'] }

function Report({ site, funnel: { name, steps, within }, query }: ReportProps) {
  const path = apiPath(site, 'funnel', { ...query, step: steps, within: String(within) })
  const { data, error, making, retry } = useFetched<FunnelReportAnswer>(path)
  if (error) return <Notice text={error.message || texts.problems.load} onRetry={retry} />
  if (making) return <MakingBar making={making} />
  if (!data) return <p class="hint">{texts.loading}…</p>
  if (data.steps[0]?.reached === 0) return <p class="hint">{aimTexts.nobody}</p>
  return (
    <>
      <FunnelDrawing name={name} steps={data.steps} />
      <table class="aims-table">
        <caption class="visually-hidden">{aimTexts.steps}</caption>
        <thead>
          <tr>
            <th scope="col">{aimTexts.step}</th>
            <th scope="col">{within === 'visit' ? aimTexts.reachedVisits : aimTexts.reachedVisitors}</th>
            <th scope="col">{aimTexts.ofFirst}</th>
            <th scope="col">{aimTexts.lost}</th>
            <th scope="col" class="aims-narrow">
              {aimTexts.took}
            </th>
          </tr>
        </thead>
        <tbody>
          {data.steps.map(({ step, reached, ofFirst, ofPrevious, medianSeconds }, i) => (
            <tr key={i}>
              <th scope="row">{stepWords(step)}</th>
              <td>{formatExact(reached)}</td>
              <td>{ofFirst === null ? '–' : formatPercent(ofFirst)}</td>
              <td>{ofPrevious === null ? '–' : formatPercent(1 - ofPrevious)}</td>
              <td class="aims-narrow">{medianSeconds === null ? '–' : formatFineDuration(medianSeconds)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}

/** A field for one event, and the stations of its way. */
import type { ComponentChildren } from 'preact'
import { useId, useState } from 'preact/hooks'
import type { SitesAnswer } from '../../answers.ts'
import type { TraceAnswer, TraceCopy } from '../../trace-answer.ts'
import { Field, Problem, TextField } from '../field.tsx'
import { locale } from '../language.ts'
import { Notice } from '../notice.tsx'
import { apiPath, getJson, RequestError } from '../state/client.ts'
import { useFetched } from '../state/use-fetched.ts'
import { texts } from '../texts.ts'
import { traceTexts as words } from './texts.ts'

type Problems = { load?: string; n?: string }

const moment = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' })
const shown = (at: string) => moment.format(Date.parse(at))
const utcDay = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' })

export function Trace() {
  const id = useId()
  const { data, error, retry } = useFetched<SitesAnswer>('/api/sites')
  const [site, setSite] = useState<string>()
  const [load, setLoad] = useState('')
  const [n, setN] = useState('0')
  const [day, setDay] = useState('')
  const [problems, setProblems] = useState<Problems>({})
  const [state, setState] = useState<{ busy: boolean; problem?: string; answer?: TraceAnswer }>({ busy: false })
  const chosen = site ?? data?.sites[0]?.site

  async function trace(): Promise<void> {
    const found: Problems = {
      ...(!/^[0-9a-f]{16}$/.test(load) && { load: words.badLoad }),
      ...(!/^\d{1,9}$/.test(n) && { n: words.badN }),
    }
    setProblems(found)
    const [first] = Object.keys(found)
    if (first !== undefined) return document.getElementById(`${id}-${first}`)?.focus()
    if (chosen === undefined) return
    setState({ busy: true })
    try {
      const answer = await getJson<TraceAnswer>(apiPath(chosen, 'trace', { load, n, day: day || undefined }))
      setState({ busy: false, answer })
    } catch (error) {
      const message = error instanceof RequestError ? error.message : ''
      setState({ busy: false, problem: message || words.unreachable })
    }
  }

  return (
    <section class="card trace" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{words.title}</h2>
      <p>{words.lead}</p>
      {error && <Notice text={error.message || texts.problems.load} onRetry={retry} />}
      <form
        class="trace-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          void trace()
        }}
      >
        <Field id={`${id}-site`} label={words.site} problem={undefined}>
          {(attributes) => (
            <select {...attributes} value={chosen} onChange={({ currentTarget }) => setSite(currentTarget.value)}>
              {data?.sites.map(({ site: each, name }) => (
                <option key={each} value={each}>
                  {name}
                </option>
              ))}
            </select>
          )}
        </Field>
        <TextField
          id={`${id}-load`}
          label={words.load}
          hint={words.loadHint}
          problem={problems.load}
          autocomplete="off"
          spellcheck={false}
          maxLength={16}
          value={load}
          onText={(text) => setLoad(text.trim().toLowerCase())}
        />
        <TextField
          id={`${id}-n`}
          label={words.n}
          problem={problems.n}
          autocomplete="off"
          maxLength={9}
          value={n}
          onText={(text) => setN(text.trim())}
        />
        <TextField
          id={`${id}-day`}
          label={words.day}
          hint={words.dayHint}
          problem={undefined}
          type="date"
          value={day}
          onText={setDay}
        />
        <button type="submit" class="button button-primary" disabled={state.busy}>
          {words.trace}
        </button>
      </form>
      <Problem id={`${id}-problem`} text={state.problem} />
      <div role="status">
        {state.busy && <p>{words.searching}</p>}
        {state.answer?.copies.length === 0 && <p>{words.none(utcDay.format(Date.parse(state.answer.day)))}</p>}
      </div>
      {state.answer?.copies.map((copy, i) => (
        <Copy key={`${copy.sequence} ${copy.index} ${i}`} copy={copy} />
      ))}
    </section>
  )
}

function Copy({ copy }: { copy: TraceCopy }) {
  const { type, url, acceptedAt, batchBegunAt, shard, sequence, index, object, row, place } = copy
  const { stations } = words
  return (
    <article class="trace-copy">
      <h3>{words.found(type, url)}</h3>
      <dl>
        <Station name={stations.accepted}>
          {[shown(acceptedAt), ...(batchBegunAt === null ? [] : [words.batch(shown(batchBegunAt))])].join(', ')}
        </Station>
        <Station name={stations.stream}>
          {shard === null
            ? words.notInStream
            : [`${shard} ${sequence}`, ...(index === null ? [] : [words.record(String(index))])].join(', ')}
        </Station>
        {place === 'archive' || place === 'stream' ? (
          <Station name={stations.archive}>
            {object === null ? words.notArchived : `${object}, ${words.row(String(row))}`}
          </Station>
        ) : (
          <Station name={stations.kept}>{object}</Station>
        )}
        {copy.outcome !== null && <Outcome copy={copy} outcome={copy.outcome} />}
      </dl>
    </article>
  )
}

function Outcome({ copy, outcome }: { copy: TraceCopy; outcome: NonNullable<TraceCopy['outcome']> }) {
  const { filteredBy, copyOf, first, cells, handled, reason } = copy
  const why = [
    words.outcomes[outcome],
    ...(filteredBy === null ? [] : [words.filters[filteredBy]]),
    ...(copyOf === null || first === null
      ? []
      : [`${words.copies[copyOf]} ${first.shard} ${first.sequence}, ${first.index}`]),
    ...(outcome === 'quarantined' && reason !== null ? [reason] : []),
    ...(handled ? [] : [words.notHandled]),
  ]
  return (
    <>
      <Station name={words.stations.outcome}>
        {why.join(': ')}
        {outcome !== 'quarantined' && <small>{words.recomputed}</small>}
      </Station>
      {cells.length > 0 && (
        <Station name={words.stations.cells}>
          <ul>
            {cells.map(({ series, cell, holdsIt }) => (
              <li key={`${series} ${cell}`}>
                {series} {cell}
                {!holdsIt && <small>{words.notHeld}</small>}
              </li>
            ))}
          </ul>
        </Station>
      )}
    </>
  )
}

function Station({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

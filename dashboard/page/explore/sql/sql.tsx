/** A box for questions in SQL about the facts of a site, for its owners. */
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import type { SqlAnswer } from '../../../sql-answer.ts'
import { Problem } from '../../field.tsx'
import { MakingBar } from '../../panels/making-bar.tsx'
import { apiPath, RequestError } from '../../state/client.ts'
import { type Making, useFetched } from '../../state/use-fetched.ts'
import type { QuestionProps } from '../questions.tsx'
import { askSql, saveFile } from './asking.ts'
import { addToHistory, clearHistory, readHistory } from './history.ts'
import { Result } from './result.tsx'
import { examples, meaningOf } from './schema.ts'
import { sqlTexts as words } from './texts.ts'

type State = {
  abort?: AbortController
  making?: Making
  answer?: SqlAnswer
  asked?: string
  problem?: string | undefined
}

export function Sql({ site, query: { from, to, generation } }: QuestionProps) {
  const id = useId()
  const [sql, setSql] = useState(() => readHistory(site.site)[0] ?? examples.pages)
  const [history, setHistory] = useState(() => readHistory(site.site))
  const [state, setState] = useState<State>({})
  const box = useRef<HTMLTextAreaElement>(null)
  const isOwner = site.role === 'owner'
  const columns = useFetched<{ columns: { name: string; type: string }[] }>(
    isOwner ? apiPath(site.site, 'sql') : undefined,
  )
  const path = (format?: string) => apiPath(site.site, 'sql', { from, to, generation, format })

  // Whoever leaves waits no more.
  const under = useRef<AbortController | undefined>(undefined)
  useEffect(() => () => under.current?.abort(), [])

  async function begin(work: (abort: AbortController) => Promise<State>): Promise<void> {
    under.current?.abort()
    const abort = new AbortController()
    under.current = abort
    setState((last) => ({ ...last, abort, problem: undefined }))
    const done = await work(abort).catch((error: unknown): State => {
      if (abort.signal.aborted) return {}
      return { problem: (error instanceof RequestError && (error.sentence || error.message)) || words.failed }
    })
    if (under.current === abort) setState(done)
  }

  function ask(text: string): void {
    setSql(text)
    setHistory(addToHistory(site.site, text))
    void begin(async (abort) => {
      const onMaking = (making: Making) => setState((last) => (last.abort === abort ? { ...last, making } : last))
      return { asked: text, answer: await askSql(path(), text, abort.signal, onMaking) }
    })
  }

  function save(format: 'csv' | 'parquet'): void {
    const { asked, answer } = state
    if (asked === undefined || !answer) return
    void begin(async ({ signal }) => {
      const problem = await saveFile(path(format), asked, `${site.site}-sql.${format}`, signal)
      return { asked, answer, ...(problem !== undefined && { problem: problem || words.failed }) }
    })
  }

  function showPlace(): void {
    const [, line, column] = /^Line (\d+), column (\d+)/.exec(state.problem ?? '') ?? []
    const before = sql.split('\n').slice(0, Number(line) - 1)
    const at = before.reduce((sum, each) => sum + each.length + 1, 0) + Number(column) - 1
    box.current?.focus()
    box.current?.setSelectionRange(at, at + 1)
  }

  if (!isOwner) return <p class="hint">{words.ownersOnly}</p>
  const isBusy = state.abort !== undefined
  return (
    <div class="sql">
      <section class="card">
        <p>{words.lead}</p>
        <form
          onSubmit={(event) => {
            event.preventDefault()
            ask(sql)
          }}
        >
          <label for={`${id}-sql`}>{words.question}</label>
          <textarea
            ref={box}
            id={`${id}-sql`}
            rows={8}
            maxLength={20_000}
            spellcheck={false}
            autocapitalize="off"
            aria-describedby={state.problem ? `${id}-hint ${id}-problem` : `${id}-hint`}
            value={sql}
            onInput={({ currentTarget }) => setSql(currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
              event.preventDefault()
              ask(sql)
            }}
          />
          <p class="hint" id={`${id}-hint`}>
            {words.hint}
          </p>
          <div class="sql-buttons">
            <button type="submit" class="button button-primary" disabled={sql.trim() === ''}>
              {words.ask}
            </button>
            {isBusy && (
              <button
                type="button"
                class="button"
                onClick={() => {
                  under.current?.abort()
                  setState({})
                }}
              >
                {words.cancel}
              </button>
            )}
          </div>
        </form>
        <Problem id={`${id}-problem`} text={state.problem} />
        {/^Line \d/.test(state.problem ?? '') && (
          <button type="button" class="link-button" onClick={showPlace}>
            {words.toPlace}
          </button>
        )}
        {isBusy && (state.making ? <MakingBar making={state.making} /> : <p role="status">{words.asking}</p>)}
        {state.answer && (
          <>
            <Result key={state.asked} answer={state.answer} timeZone={site.timeZone} />
            <div class="sql-buttons">
              <button type="button" class="button" disabled={isBusy} onClick={() => save('csv')}>
                {words.csv}
              </button>
              <button type="button" class="button" disabled={isBusy} onClick={() => save('parquet')}>
                {words.parquet}
              </button>
            </div>
          </>
        )}
      </section>
      <section class="card sql-beside">
        <h2>{words.examples}</h2>
        <ul>
          {Object.entries(examples).map(([name, text]) => (
            <li key={name}>
              <button type="button" class="link-button" onClick={() => ask(text)}>
                {words.exampleNames[name as keyof typeof examples]}
              </button>
            </li>
          ))}
        </ul>
        {history.length > 0 && (
          <details>
            <summary>{words.history}</summary>
            <ul>
              {history.map((text) => (
                <li key={text}>
                  <button type="button" class="link-button sql-past" onClick={() => setSql(text)}>
                    {text}
                  </button>
                </li>
              ))}
            </ul>
            <button type="button" class="button" onClick={() => setHistory(clearHistory(site.site))}>
              {words.clearHistory}
            </button>
          </details>
        )}
        <details open={matchMedia('(min-width: 900px)').matches}>
          <summary>{words.columns}</summary>
          <dl>
            {columns.data?.columns.map(({ name, type }) => (
              <div key={name}>
                <dt>
                  <code>{name}</code> <small>{type}</small>
                </dt>
                <dd>{words.meanings[meaningOf(name, type)]}</dd>
              </div>
            ))}
          </dl>
        </details>
      </section>
    </div>
  )
}

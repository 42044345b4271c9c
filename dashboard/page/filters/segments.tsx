/** The segments of a site: to choose one, and for who may edit the site, to save and to delete one. */
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { SiteAnswer } from '../../answers.ts'
import { type Condition, writeCondition } from '../../query/conditions.ts'
import { maxSegmentName, type SegmentAnswer } from '../../segment-answers.ts'
import { TextField } from '../field.tsx'
import { OptionLink } from '../header/option-link.tsx'
import { apiPath, postJson, RequestError } from '../state/client.ts'
import type { Navigate } from '../state/view.ts'
import { filterTexts } from './texts.ts'
import type { SiteSegments } from './use-segments.ts'

type SegmentsProps = {
  site: SiteAnswer
  filters: readonly Condition[]
  segments: SiteSegments
  navigate: Navigate
  close: () => void
}

export function Segments({ site, filters, segments: { list = [], chosen, reload }, navigate, close }: SegmentsProps) {
  const title = useId()
  const [told, setTold] = useState('')
  const status = useRef<HTMLParagraphElement>(null)
  const path = apiPath(site.site, 'segments')
  const mayEdit = site.role !== 'viewer'
  const current = [...(chosen?.conditions ?? []), ...filters]

  async function remove({ id, name }: SegmentAnswer): Promise<void> {
    try {
      await postJson(`${path}/${id}/delete`)
      setTold(filterTexts.deleted(name))
      if (id === chosen?.id) navigate.fix({ segment: undefined })
      reload()
    } catch (error) {
      setTold(wordsOf(error))
    }
    // The button that was pressed goes with its row.
    status.current?.focus()
  }

  return (
    <section class="saved-segments" aria-labelledby={title}>
      <h3 id={title}>{filterTexts.segments}</h3>
      <p class="hint">{list.length > 0 ? filterTexts.lead : filterTexts.none}</p>
      <ul class="note-list">
        {list.map((segment) => (
          <Row
            key={segment.id}
            segment={segment}
            current={segment.id === chosen?.id}
            navigate={navigate}
            onChosen={close}
            onDelete={mayEdit ? () => remove(segment) : undefined}
          />
        ))}
      </ul>
      <p ref={status} role="status" tabIndex={-1} class="hint">
        {told}
      </p>
      {mayEdit && current.length > 0 && (
        <SaveForm
          path={path}
          list={list}
          filters={current.map(writeCondition)}
          onSaved={({ id }) => {
            reload()
            close()
            navigate.to({ segment: id, filters: [] })
          }}
        />
      )}
    </section>
  )
}

type RowProps = {
  segment: SegmentAnswer
  current: boolean
  navigate: Navigate
  onChosen: () => void
  onDelete: (() => void) | undefined
}

function Row({ segment: { id, name, filters }, current, navigate, onChosen, onDelete }: RowProps) {
  const [asks, setAsks] = useState<boolean>()
  const keep = useRef<HTMLButtonElement>(null)
  const ask = useRef<HTMLButtonElement>(null)
  // The focus stays in the row, and the second press is one on purpose.
  useLayoutEffect(() => {
    if (asks !== undefined) (asks ? keep : ask).current?.focus()
  }, [asks])
  const view = { segment: id, filters: [], interval: undefined }
  return (
    <li>
      <span class="note-words">
        <OptionLink
          href={navigate.href(view)}
          current={current}
          text={name}
          hint={filters.join(', ')}
          onChoose={() => {
            onChosen()
            navigate.to(view)
          }}
        />
      </span>
      {onDelete && !asks && (
        <button
          ref={ask}
          type="button"
          class="button"
          aria-label={filterTexts.deleteOf(name)}
          onClick={() => setAsks(true)}
        >
          {filterTexts.delete}
        </button>
      )}
      {onDelete && asks && (
        <span class="note-buttons">
          <span>{filterTexts.ask}</span>
          <button type="button" class="button button-danger" onClick={onDelete}>
            {filterTexts.delete}
          </button>
          <button ref={keep} type="button" class="button" onClick={() => setAsks(false)}>
            {filterTexts.keep}
          </button>
        </span>
      )}
    </li>
  )
}

type SaveFormProps = {
  path: string
  list: readonly SegmentAnswer[]
  filters: readonly string[]
  onSaved: (segment: SegmentAnswer) => void
}

function SaveForm({ path, list, filters, onSaved }: SaveFormProps) {
  const id = useId()
  const [name, setName] = useState('')
  const [problem, setProblem] = useState<string>()
  const [busy, setBusy] = useState(false)

  async function submit(): Promise<void> {
    const written = name.trim()
    setProblem(written === '' ? filterTexts.nameNeeded : undefined)
    if (written === '') return document.getElementById(id)?.focus()
    setBusy(true)
    try {
      const same = list.find((each) => each.name === written)
      onSaved(await postJson<SegmentAnswer>(same ? `${path}/${same.id}` : path, { name: written, filters }))
    } catch (error) {
      setProblem(wordsOf(error))
      setBusy(false)
    }
  }

  return (
    <form
      class="note-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
    >
      <TextField
        id={id}
        label={filterTexts.name}
        hint={filterTexts.nameHint}
        problem={problem}
        autocomplete="off"
        maxLength={maxSegmentName}
        value={name}
        onText={setName}
      />
      <div class="modal-buttons">
        <button type="submit" class="button" disabled={busy}>
          {filterTexts.save}
        </button>
      </div>
    </form>
  )
}

function wordsOf(error: unknown): string {
  return (error instanceof RequestError && error.message) || filterTexts.unreachable
}

/** The window of notes: what they say, and for who may edit the site, a new one and deleting. */
import { useId, useRef, useState } from 'preact/hooks'
import { maxNoteLength, type NoteAnswer } from '../../note-answers.ts'
import { noteTime } from '../chart/note-marks.tsx'
import { TextField } from '../field.tsx'
import { timeFormats } from '../format.ts'
import { Modal } from '../modal.tsx'
import { postJson, RequestError } from '../state/client.ts'
import { NoteRow } from './note-row.tsx'
import { noteTexts } from './texts.ts'

type NotesDialogProps = {
  /** Of the notes of the site, at the API. */
  path: string
  timeZone: string
  notes: readonly NoteAnswer[]
  mayEdit: boolean
  /** What a new one begins with: a day there, or a day and a time. */
  moment: string
  onChanged: () => void
  onClose: () => void
}

export function NotesDialog({ path, timeZone, notes, mayEdit, moment, onChanged, onClose }: NotesDialogProps) {
  const [told, setTold] = useState('')
  const status = useRef<HTMLParagraphElement>(null)
  const formats = timeFormats('minute', timeZone)

  async function remove({ id, text }: NoteAnswer): Promise<void> {
    try {
      await postJson(`${path}/${id}/delete`)
      setTold(noteTexts.deleted(text))
      onChanged()
    } catch (error) {
      setTold(wordsOf(error))
    }
    // The button that was pressed goes with its row.
    status.current?.focus()
  }

  return (
    <Modal title={noteTexts.title} onClose={onClose}>
      {() => (
        <div class="modal-body">
          {mayEdit && <p>{noteTexts.lead}</p>}
          {notes.length === 0 && <p class="hint">{noteTexts.none}</p>}
          <ul class="note-list">
            {notes.map((note) => (
              <NoteRow
                key={note.id}
                time={noteTime(note, formats)}
                text={note.text}
                onDelete={mayEdit ? () => remove(note) : undefined}
              />
            ))}
          </ul>
          <p ref={status} role="status" tabIndex={-1} class="hint">
            {told}
          </p>
          {mayEdit && (
            <NewNote
              path={path}
              moment={moment}
              onAdded={(text) => {
                setTold(noteTexts.added(text))
                onChanged()
              }}
            />
          )}
        </div>
      )}
    </Modal>
  )
}

type NewNoteProps = { path: string; moment: string; onAdded: (text: string) => void }
type Problems = { text?: string; day?: string; form?: string }

/** Fields check themselves, in the page's language: browsers say it in theirs, one field at a time. */
function NewNote({ path, moment, onAdded }: NewNoteProps) {
  const id = useId()
  const [text, setText] = useState('')
  const [day, setDay] = useState(moment.slice(0, 'YYYY-MM-DD'.length))
  const [time, setTime] = useState(moment.slice('YYYY-MM-DDT'.length))
  const [problems, setProblems] = useState<Problems>({})
  const [busy, setBusy] = useState(false)

  async function submit(): Promise<void> {
    const found: Problems = {
      ...(text.trim() === '' && { text: noteTexts.textNeeded }),
      ...(day === '' && { day: noteTexts.dayNeeded }),
    }
    setProblems(found)
    const [first] = Object.keys(found)
    if (first !== undefined) return document.getElementById(`${id}-${first}`)?.focus()
    setBusy(true)
    try {
      const { text: added } = await postJson<NoteAnswer>(path, { at: time === '' ? day : `${day}T${time}`, text })
      setText('')
      onAdded(added)
    } catch (error) {
      setProblems({ form: wordsOf(error) })
    }
    setBusy(false)
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
        id={`${id}-text`}
        label={noteTexts.text}
        hint={noteTexts.textHint}
        problem={problems.text}
        autocomplete="off"
        maxLength={maxNoteLength}
        value={text}
        onText={setText}
      />
      <div class="field-pair">
        <TextField
          id={`${id}-day`}
          label={noteTexts.day}
          problem={problems.day}
          type="date"
          value={day}
          onText={setDay}
        />
        <TextField
          id={`${id}-time`}
          label={noteTexts.time}
          hint={noteTexts.timeHint}
          problem={undefined}
          type="time"
          value={time}
          onText={setTime}
        />
      </div>
      {problems.form !== undefined && (
        <p class="field-problem" role="alert">
          {problems.form}
        </p>
      )}
      <div class="modal-buttons">
        <button type="submit" class="button button-primary" disabled={busy}>
          {noteTexts.add}
        </button>
      </div>
    </form>
  )
}

function wordsOf(error: unknown): string {
  return (error instanceof RequestError && error.message) || noteTexts.unreachable
}

/** A note in the list of its window. Deleting it takes two presses. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { noteTexts } from './texts.ts'

type NoteRowProps = { time: string; text: string; onDelete: (() => Promise<void>) | undefined }

export function NoteRow({ time, text, onDelete }: NoteRowProps) {
  const [asking, setAsking] = useState<boolean>()
  const keep = useRef<HTMLButtonElement>(null)
  const ask = useRef<HTMLButtonElement>(null)

  // The focus stays in the row, and the second press is one on purpose.
  useLayoutEffect(() => {
    if (asking !== undefined) (asking ? keep : ask).current?.focus()
  }, [asking])

  return (
    <li>
      <span class="note-words">
        <small>{time}</small>
        {text}
      </span>
      {onDelete && asking && (
        <span class="note-buttons">
          <span>{noteTexts.ask}</span>
          <button type="button" class="button button-danger" onClick={() => void onDelete()}>
            {noteTexts.delete}
          </button>
          <button ref={keep} type="button" class="button" onClick={() => setAsking(false)}>
            {noteTexts.keep}
          </button>
        </span>
      )}
      {onDelete && !asking && (
        <button
          ref={ask}
          type="button"
          class="button"
          aria-label={noteTexts.deleteOf(text)}
          onClick={() => setAsking(true)}
        >
          {noteTexts.delete}
        </button>
      )}
    </li>
  )
}

/** Notes at the axis, as buttons: whoever points at one, or comes to it by Tab, is told by the chart what it says. */
import type { NoteAnswer } from '../../note-answers.ts'
import { formatCount, formatDate, type TimeFormats } from '../format.ts'
import type { NoteGroup } from './note-groups.ts'
import type { Frame, Scales } from './scales.ts'
import { texts } from './texts.ts'

type NoteMarksProps = {
  groups: readonly NoteGroup[]
  frame: Frame
  scales: Scales
  formats: TimeFormats
  /** A point to look at; undefined: none any more. */
  onLook: (index: number | undefined) => void
  onOpen: (notes: readonly NoteAnswer[]) => void
}

/** As many as are told at once; the others are in the window that a mark opens. */
export const toldNotes = 3

export function NoteMarks({ groups, frame, scales, formats, onLook, onOpen }: NoteMarksProps) {
  if (groups.length === 0) return null
  return (
    <ul class="chart-notes" aria-label={texts.notes} style={{ top: `${frame.height - frame.bottom}px` }}>
      {groups.map(({ first, notes }) => (
        <li key={notes[0]?.id} style={{ left: `${scales.x(first)}px` }}>
          <button
            type="button"
            class="chart-note"
            aria-haspopup="dialog"
            aria-label={tell(notes, formats)}
            onPointerEnter={() => onLook(first)}
            onPointerLeave={() => onLook(undefined)}
            onFocus={() => onLook(first)}
            onBlur={() => onLook(undefined)}
            onClick={() => onOpen(notes)}
          >
            <span>{notes.length > 1 ? formatCount(notes.length) : ''}</span>
          </button>
        </li>
      ))}
    </ul>
  )
}

export function noteTime({ at, day }: NoteAnswer, formats: Pick<TimeFormats, 'time'>): string {
  return day === null ? formats.time(Date.parse(at)) : formatDate(day)
}

function tell(notes: readonly NoteAnswer[], formats: TimeFormats): string {
  const told = notes.slice(0, toldNotes).map((note) => `${noteTime(note, formats)}: ${note.text}`)
  const more = notes.length - told.length
  // Begins with what is written on the mark, for who speaks to a computer.
  const name = more > 0 || told.length > 1 ? `${formatCount(notes.length)} ${texts.notes}` : texts.note
  return [`${name} ${told.join('; ')}`, ...(more > 0 ? [texts.moreNotes(formatCount(more))] : [])].join(', ')
}

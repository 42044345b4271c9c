/** Where notes stand at the axis: pure. */
import type { NoteAnswer } from '../../note-answers.ts'

export type NoteGroup = {
  /** Points that its notes stand at, the first and the last. */
  first: number
  last: number
  notes: NoteAnswer[]
}

/** As small as something may be that is pressed (WCAG 2.5.8), in CSS pixels: marks that were closer would overlap. */
const leastDistance = 24
const minuteMs = 60_000
/** Where clocks are set back. */
const longestDayMs = 25 * 60 * minuteMs

/**
 * @param notes by time
 * @param starts of the points, epoch milliseconds, ascending
 * @param end of the period: notes of another one are still there while this one's are asked for, and left out
 * @param x of a point, in CSS pixels
 */
export function groupNotes(
  notes: readonly NoteAnswer[],
  starts: readonly number[],
  end: number,
  x: (index: number) => number,
): NoteGroup[] {
  const groups: NoteGroup[] = []
  for (const note of notes) {
    const at = Date.parse(note.at)
    const until = at + (note.day === null ? minuteMs : longestDayMs)
    if (at >= end || until <= (starts[0] ?? end)) continue
    // A day that began before the period is noted where that begins.
    const index = Math.max(
      0,
      starts.findLastIndex((start) => start <= at),
    )
    const group = groups.at(-1)
    if (group && x(index) - x(group.first) < leastDistance) {
      group.last = index
      group.notes.push(note)
    } else groups.push({ first: index, last: index, notes: [note] })
  }
  return groups
}

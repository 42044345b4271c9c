/** What the API answers of notes at the chart, as types: answers.ts says what holds for them. */
export type NoteAnswer = {
  id: string
  /** The minute; of a day, when it begins at the site. */
  at: string
  /** Of the site's time zone; null: it is at a minute. */
  day: string | null
  text: string
}
/** Those that touch the period, by time. */
export type NotesAnswer = { notes: NoteAnswer[] }
export const maxNoteLength = 200

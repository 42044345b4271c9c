/** What the window of notes says; it comes with the window. */
import { pickTexts } from '../language.ts'
import { de } from './texts.de.ts'

export const en = {
  title: 'Notes at the chart',
  lead: 'Everybody who sees these figures sees them.',
  none: 'None in this period.',
  text: 'What happened',
  textHint: 'Such as: release 2.3, newsletter, outage',
  textNeeded: 'Say what happened.',
  day: 'Day',
  dayNeeded: 'Choose a day.',
  time: 'Time',
  timeHint: 'Without one it is of the whole day.',
  add: 'Add',
  added: (text: string) => `Added: ${text}`,
  delete: 'Delete',
  deleteOf: (text: string) => `Delete: ${text}`,
  ask: 'Delete it for everybody?',
  keep: 'Keep',
  deleted: (text: string) => `Deleted: ${text}`,
  unreachable: 'The server cannot be reached.',
}

export const noteTexts = pickTexts(en, de)

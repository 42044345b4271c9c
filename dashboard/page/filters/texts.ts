/** What the window of filters says; it comes with the window. */
import { pickTexts } from '../language.ts'
import { de } from './texts.de.ts'

export const en = {
  title: 'Filters and segments',
  dimension: 'What',
  operator: 'How',
  value: 'Value',
  valueHint: 'Values of this period are suggested.',
  patternHint: 'A regular expression, such as ^/docs/',
  valueNeeded: 'Say what to look for.',
  tooMany: 'These are as many filters as there may be.',
  add: 'Add the filter',
  segments: 'Segments',
  none: 'No filters are saved yet.',
  lead: 'Saved filters, for everybody who sees this site.',
  delete: 'Delete',
  deleteOf: (name: string) => `Delete the segment ${name}`,
  ask: 'Delete it for everybody?',
  keep: 'Keep',
  deleted: (name: string) => `Deleted: ${name}`,
  name: 'Save the filters of now as',
  nameHint: 'A segment of the same name gets these filters instead.',
  nameNeeded: 'Give it a name.',
  save: 'Save',
  unreachable: 'The server cannot be reached.',
}

export const filterTexts = pickTexts(en, de)

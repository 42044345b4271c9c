/** Words of the chart, its comparison and its marks. */
import { pickTexts } from '../language.ts'
import { de } from './texts.de.ts'

export const en = {
  compare: 'Compare',
  these: 'These filters',
  comparedWith: (what: string) => `Compared with: ${what}`,
  comparisons: {
    previous: 'Period before',
    year: 'Year before',
    none: 'No comparison',
    everyone: 'All visits',
    segment: 'Segment',
    custom: 'Other days',
  },
  zoomHint: 'Click for a closer look, drag over several',
  keys: 'Arrow keys move, with Shift they choose a stretch, Enter looks closer.',
  restated: (count: string) => `${count} of its events arrived on a later day`,
  restatedLegend: 'Changed by late events',
  alertLegend: 'Out of the ordinary',
  bandLegend: 'What was normal',
  notes: 'Notes',
  note: 'Note',
  addNote: 'Add a note to the chart',
  moreNotes: (count: string) => `and ${count} more`,
}

export const texts = pickTexts(en, de)

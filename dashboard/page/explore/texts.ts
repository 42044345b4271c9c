/** What the frame of the page `explore` says; it comes with the page. Each question has a catalogue of its own. */
import { pickTexts } from '../language.ts'
import { de } from './texts.de.ts'

export const en = {
  toFigures: 'Back to the figures',
  questions: 'Questions',
  tabs: {
    clicks: 'Click map',
    funnels: 'Goals and funnels',
    journeys: 'Journeys',
    retention: 'Retention',
    visits: 'Visits',
    sql: 'SQL',
  },
} as const

export const exploreTexts = pickTexts(en, de)

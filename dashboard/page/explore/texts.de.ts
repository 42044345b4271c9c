import type { Translation } from '../language.ts'
import type { en } from './texts.ts'

export const de: Translation<typeof en> = {
  toFigures: 'Zurück zu den Zahlen',
  questions: 'Fragen',
  tabs: {
    clicks: 'Klickkarte',
    funnels: 'Ziele und Trichter',
    journeys: 'Wege',
    retention: 'Wiederkehr',
    visits: 'Besuche',
    sql: 'SQL',
  },
}

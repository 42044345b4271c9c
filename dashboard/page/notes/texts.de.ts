import type { Translation } from '../language.ts'
import type { en } from './texts.ts'

export const de: Translation<typeof en> = {
  title: 'Notizen am Diagramm',
  lead: 'Alle, die diese Zahlen sehen, sehen auch sie.',
  none: 'Keine in diesem Zeitraum.',
  text: 'Was geschah',
  textHint: 'Zum Beispiel: Version 2.3, Newsletter, Ausfall',
  textNeeded: 'Schreiben Sie, was geschah.',
  day: 'Tag',
  dayNeeded: 'Wählen Sie einen Tag.',
  time: 'Uhrzeit',
  timeHint: 'Ohne sie gilt die Notiz für den ganzen Tag.',
  add: 'Anlegen',
  added: (text) => `Angelegt: ${text}`,
  delete: 'Löschen',
  deleteOf: (text) => `Löschen: ${text}`,
  ask: 'Für alle löschen?',
  keep: 'Behalten',
  deleted: (text) => `Gelöscht: ${text}`,
  unreachable: 'Der Server ist nicht erreichbar.',
}

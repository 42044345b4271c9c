import type { Translation } from '../../language.ts'
import type { en } from './texts.ts'

export const de: Translation<typeof en> = {
  lead: 'Jeder Besuch, der in diesem Zeitraum begann, der letzte zuerst, unter den Filtern oben. Niemand hat einen Namen: Von einem Besuch ist nur bekannt, was in ihm geschah.',
  editorsOnly: 'Einzelne Besuche sieht, wer diese Website bearbeitet.',
  none: 'Kein Besuch in diesem Zeitraum.',
  list: 'Besuche',
  pageviews: (count, shown) => `${shown} ${count === 1 ? 'Seitenaufruf' : 'Seitenaufrufe'}`,
  clicks: (count, shown) => `${shown} ${count === 1 ? 'Klick' : 'Klicks'}`,
  events: (count, shown) => `${shown} ${count === 1 ? 'Ereignis' : 'Ereignisse'}`,
  errors: (_count, shown) => `${shown} Fehler`,
  from: (source) => `von ${source}`,
  noPage: 'Kein Seitenaufruf',
  earlier: 'Frühere Besuche',
  latest: 'Zurück zu den letzten',
  csv: 'Als CSV',
  steps: 'Was geschah',
  notFound: 'Dieser Besuch begann nicht in diesem Zeitraum.',
  what: {
    pageview: 'Seitenaufruf',
    click: 'Klick',
    custom: 'Ereignis',
    error: 'Fehler',
    vital: 'Ladewert',
    engagement: 'Zeit auf der Seite',
  },
  later: (time) => `+${time}`,
  times: (count) => `${count} Mal`,
  engaged: (time) => `${time} in Benutzung`,
  cut: 'Es gibt mehr: Nur die ersten tausend werden gezeigt.',
}

import type { Translation } from '../../language.ts'
import type { en } from './texts.ts'

export const de: Translation<typeof en> = {
  title: 'Wiederkehr',
  lead: 'Besucher nach der Woche, in der sie zuerst da waren, und wie viele davon in späteren Wochen da waren. Filter gelten für den ersten Besuch. Wer mit anderem Gerät, Browser oder Netz kommt, gilt als neu: Es sind Mindestwerte.',
  table: 'Besucher, die wiederkamen, nach Wochen',
  week: 'Zuerst da',
  visitors: 'Besucher',
  later: 'Wochen danach',
  cell: (visitors: string, week: string) => `${visitors} kamen wieder, ${week}`,
  first: 'Namen beginnen: Alle sind neu',
  all: 'Alle zusammen',
  window: (weeks: string) =>
    `Wochen sind die in UTC. Namen gelten ${weeks} Wochen: Über die letzte Zelle einer Zeile hinaus kennt man niemanden wieder.`,
  running: '* Diese Woche ist nicht vorbei; „alle zusammen“ lässt sie aus.',
  csv: 'Als CSV laden',
  short: 'Dieser Zeitraum hat noch keine späteren Wochen.',
  longer: 'Die letzten 12 Monate ansehen',
  nobody: 'In diesem Zeitraum war niemand zum ersten Mal da.',
  notYet: (day: string) =>
    `Besucher dieser Website werden ab dem ${day}, 00:00 UTC, wiedererkannt: Davor gibt es nichts. Wählen Sie einen späteren Zeitraum.`,
  off: {
    title: 'Besucher sind einen Tag lang bekannt',
    text: 'Niemand weiß, wer nächste Woche wiederkommt: Die Namen der Besucher wechseln jeden Tag, was diese Website ihnen von Haus aus verspricht. Wiederkehr braucht Besucher, die über einige Wochen wiedererkannt werden. Sie zählt ab dem Einschalten, und meist braucht es die Einwilligung der Besucher.',
    strict: 'Diese Website hat keine Besucher, also weiß niemand, wer wiederkommt.',
    toSettings: 'Zur Einstellung',
    owners: 'Wem diese Website gehört, kann es in den Einstellungen einschalten.',
  },
}

import type { Translation } from '../language.ts'
import type { en } from './texts.ts'

export const de: Translation<typeof en> = {
  toFigures: 'Zurück zu den Zahlen',
  way: 'Der Weg eines Ereignisses',
  endpoint: { name: 'Endpunkt', task: 'antwortet, sobald Ereignisse dauerhaft gespeichert sind' },
  stream: {
    name: 'Stream',
    shards: (count) => (count === 1 ? '1 Shard' : `${count} Shards`),
  },
  consumers: {
    aggregator: { name: 'Aggregator', task: 'Zahlen für die Dashboards' },
    archiver: { name: 'Archivar', task: 'jedes Ereignis, auf Dauer' },
    'anomaly-detector': { name: 'Anomalie-Erkennung', task: 'was ungewöhnlich ist' },
  },
  aside: {
    overflow: { name: 'Überlauf', about: 'Pakete, die noch in den Stream gehören' },
    quarantine: { name: 'Quarantäne', about: 'Datensätze, die ein Verbraucher übergangen hat' },
    orMore: (shown) => `${shown} oder mehr`,
    oldest: (time) => `das älteste seit ${time}`,
    unknown: 'nicht bekannt: Der Bucket lässt sich nicht auflisten',
    help: 'Was zu tun ist:',
  },
  states: { fine: 'Pünktlich', behind: 'Fällt zurück', silent: 'Stumm', unknown: 'Noch keine Meldung' },
  silentFor: (time) => `Stumm seit ${time}`,
  behind: 'im Rückstand',
  records: (records, shown) => `${shown} ${records === 1 ? 'Datensatz wartet' : 'Datensätze warten'}`,
  unknownRecords: 'Datensätze nicht bekannt',
  gathers: (time) => `sammelt ${time} lang`,
  rate: (shown) => `${shown} Datensätze/s`,
  ledger: {
    title: (from, to) => `Was aus den Ereignissen wurde, ${from} bis ${to}`,
    rows: {
      accepted: 'Angenommen',
      aggregated: 'In den Zahlen',
      duplicate: 'Schon gesehen',
      filtered: 'Ausgelassen',
      quarantined: 'Beiseitegelegt',
      archived: 'Archiviert',
    },
    about: {
      accepted: 'Ereignisse, die der Endpunkt bestätigt hat',
      aggregated: 'Vom Aggregator gezählt',
      duplicate: 'Zweite Kopien, die einmal zählen',
      filtered: 'Von Bots, und was Regeln sonst aus den Zahlen halten',
      quarantined: 'In Datensätzen, die sich nicht verarbeiten ließen: npm run quarantine',
      archived: 'Im Archiv, oder Byte für Byte beiseitegelegt',
    },
    nothing: 'In dieser Stunde kam kein Ereignis an.',
    balanced:
      'Es geht auf: Was angenommen wurde, ist in den Zahlen, schon gesehen, ausgelassen oder beiseitegelegt, und archiviert.',
    unbalanced:
      'Es geht nicht auf. Ist kein Verbraucher im Rückstand, nennt npm run reconcile die Minute und den Shard.',
  },
  shards: 'Shards',
  shard: (number) => `Shard ${number}`,
  lastHandled: (time) => `letzter Datensatz um ${time} verarbeitet`,
  nothingHandled: 'noch kein Datensatz verarbeitet',
  sparkline: (most) => `Letzte Minuten: höchstens ${most} im Rückstand`,
  incidents: {
    title: 'Vorfälle der Pipeline',
    lead: 'Was zurückfällt, was dem Kontobuch fehlt und was der Endpunkt ablehnt. Von einem Verbraucher wird gemeldet, wenn er zwei Minuten nacheinander um mehr als die Zeit zurück ist, die er absichtlich sammelt, und eine Minute.',
    none: (days) => `Nichts in den letzten ${days} Tagen.`,
    lag: (consumer) => `${consumer} fällt zurück`,
    unaccounted: 'Im Kontobuch fehlen Ereignisse',
    rejectRate: 'Der Endpunkt lehnt ungewöhnlich viele Ereignisse ab',
    peak: {
      lag: (observed, limit) => `${observed} zurück; mehr als ${limit} ist zu viel`,
      unaccounted: (observed) =>
        `${observed} Ereignisse, über die einer der Verbraucher keine Rechenschaft gegeben hat`,
      rejectRate: (observed, high) => `${observed} der Ereignisse, bis ${high} ist üblich`,
    },
    who: 'Wem sie gemeldet werden',
  },
  note: 'Der Rückstand ist das Alter des ältesten Datensatzes, der noch nicht verarbeitet ist. Jeder Verbraucher sammelt eine Weile, bevor er schreibt, der Archivar am längsten: So weit zurück zu sein ist normal. Einer, der sich melden sollte und es nicht tut, ist stumm und fällt zurück, bis er wieder da ist.',
}

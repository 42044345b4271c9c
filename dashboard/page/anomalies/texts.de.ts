import type { Translation } from '../language.ts'
import type { en } from './texts.ts'

export const de: Translation<typeof en> = {
  toFigures: 'Zurück zu den Zahlen',
  lead: 'Was weit von dem abwich, was auf dieser Website zu dieser Tageszeit und an diesem Wochentag üblich ist. In der ersten Stunde wird nichts gemeldet, und erst nach einer Woche ist ein Wochenende keine Überraschung mehr.',
  goingOn: 'Hält an',
  past: (days) => `Vorbei, aus den letzten ${days} Tagen`,
  none: (days) => `Nichts Ungewöhnliches in den letzten ${days} Tagen.`,
  notNow: 'Zurzeit nichts.',
  severities: { critical: 'Kritisch', warning: 'Warnung', notice: 'Hinweis' },
  since: (time) => `seit ${time}`,
  lasted: (duration) => `${duration} lang`,
  atPeak: (time) => `Am stärksten ${time}:`,
  expected: (figure) => `erwartet ${figure}`,
  together: (names) => `Zugleich ungewöhnlich: ${names}`,
  changed: 'Was sich am meisten geändert hat',
  columns: { what: 'Teil', observed: 'Am stärksten', expected: 'Erwartet' },
  dimensions: {
    page: 'Seite',
    source: 'Herkunft',
    country: 'Land',
    target: 'Geklickt',
    event: 'Ereignis',
    error: 'Fehler',
  },
  look: 'Diese Zeit ansehen',
  lookAt: (title) => `${title}: diese Zeit ansehen`,
  opinion: 'War die Meldung nützlich?',
  verdicts: { useful: 'Ja', noise: 'Nein', none: 'Keine Angabe' },
  noise: 'Von jetzt an braucht es mehr, bis das wieder gemeldet wird.',
  useful: 'Von jetzt an braucht es weniger, bis das wieder gemeldet wird.',
  failed: 'Das ließ sich nicht speichern.',
}

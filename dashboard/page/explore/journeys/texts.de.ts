import type { Translation } from '../../language.ts'
import type { en } from './texts.ts'

export const de: Translation<typeof en> = {
  page: 'Betrachtete Seite',
  entry: 'Womit Besuche begannen',
  visits: (count) =>
    `${count} Besuche. Bis zu drei Seiten davor und danach; dieselbe Seite gleich noch einmal zählt einmal.`,
  none: 'Kein Besuch sah diese Seite in diesem Zeitraum.',
  others: 'Andere Seiten',
  began: 'Besuch begann',
  ended: 'Besuch endete',
  drawing: (page) => `Von und zu ${page}: Besuche zwischen Seiten; die Tabelle darunter sagt dasselbe`,
  asTable: 'Als Tabelle',
  place: 'Stelle',
  from: 'Von',
  to: 'Nach',
  count: 'Besuche',
  before: (pages) => (pages === '1' ? 'zu ihr' : `${pages} Seiten davor`),
  after: (pages) => (pages === '0' ? 'von ihr' : pages === '1' ? '1 Seite danach' : `${pages} Seiten danach`),
}

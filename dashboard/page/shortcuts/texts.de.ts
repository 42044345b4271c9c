import type { Translation } from '../language.ts'
import type { en } from './texts.ts'

export const de: Translation<typeof en> = {
  title: 'Tastenkürzel',
  on: 'Einzelne Tasten tun dies',
  groups: { periods: 'Zeiträume', pages: 'Gehe zu', chart: 'Diagramm', rest: 'Überall' },
  live: 'Live: heute nach Minuten',
  period: 'Zeitraum wählen',
  compare: 'Mit anderen Tagen vergleichen',
  site: 'Andere Website',
  note: 'Notiz anlegen, wenn Sie die Website bearbeiten dürfen',
  overview: 'Zahlen',
  theme: 'Hell oder dunkel',
  sheet: 'Diese Liste',
  afterwards: 'dann',
  escape: 'Esc schließt Menüs und Fenster. Solange Sie schreiben, schreiben Tasten nur.',
}

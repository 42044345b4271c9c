import type { Translation } from '../language.ts'
import type { en } from './texts.ts'

export const de: Translation<typeof en> = {
  compare: 'Vergleichen',
  these: 'Diese Filter',
  comparedWith: (what) => `Verglichen mit: ${what}`,
  comparisons: {
    previous: 'Zeitraum davor',
    year: 'Jahr davor',
    none: 'Kein Vergleich',
    everyone: 'Alle Besuche',
    segment: 'Segment',
    custom: 'Andere Tage',
  },
  zoomHint: 'Klicken für Einzelheiten, ziehen über mehrere',
  keys: 'Pfeiltasten wählen einen Punkt, mit Umschalt eine Strecke, die Eingabetaste zeigt sie genauer.',
  restated: (count) => `${count} seiner Ereignisse kamen an einem späteren Tag an`,
  restatedLegend: 'Durch späte Ereignisse geändert',
  alertLegend: 'Ungewöhnlich',
  bandLegend: 'Was normal war',
  notes: 'Notizen',
  note: 'Notiz',
  addNote: 'Notiz ins Diagramm setzen',
  moreNotes: (count) => `und ${count} weitere`,
}

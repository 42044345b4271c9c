import type { Translation } from '../../language.ts'
import type { en } from './texts.ts'

export const de: Translation<typeof en> = {
  page: 'Seite',
  mode: 'Was gezeigt wird',
  modes: { clicks: 'Klicks', rage: 'Wutklicks', dead: 'Tote Klicks' },
  width: 'Breite des Fensters',
  screens: { phone: 'Telefon', tablet: 'Tablet', laptop: 'Laptop', desktop: 'Desktop', wide: 'Breit' },
  picture: (screen, clicks, most) =>
    `Wo ${clicks} Klicks landeten, Fenster: ${screen}; höchstens ${most} in einem Quadrat`,
  square: (clicks, x, y) => `${clicks} im Quadrat bei ${x} der Breite, ${y} px von oben`,
  point: 'Auf eine Stelle zeigen, um ihre Klicks zu sehen.',
  noPlaces: 'Bei dieser Breite gab es keinen Klick mit einer Stelle.',
  legend: 'Klicks in einem Quadrat',
  days: (days) =>
    `Stellen werden nach UTC-Tagen gezählt: Diese sind vom ${days}. Zahlen an Elementen sind vom Zeitraum.`,
  elements: 'Elemente',
  clicks: 'Klicks',
  reports: 'Meldungen',
  more: (shown, total) => `Die ersten ${shown} von ${total}.`,
  none: {
    clicks: 'In diesem Zeitraum hat auf dieser Seite niemand geklickt.',
    rage: 'Niemand klickte aus Ärger: dreimal auf eine Stelle, je in einer halben Sekunde.',
    dead: 'Auf jeden Klick folgte etwas, innerhalb einer Sekunde.',
  },
  noPages: 'In diesem Zeitraum wurde keine Seite angesehen.',
  depth: 'Scrolltiefe',
  noDepth: 'Keine Seite meldete, wie weit sie gesehen wurde.',
  live: 'Auf der Seite selbst',
  liveHint:
    'Öffnet die Seite mit den Zahlen an ihren Elementen und der Wärme darüber. Der Link gilt zehn Minuten, nur für diese Seite.',
  address: 'Adresse der Seite',
  open: 'Auf der Seite selbst öffnen',
  opened: 'In einem neuen Tab geöffnet. Falls nicht:',
  again: 'Seite öffnen',
}

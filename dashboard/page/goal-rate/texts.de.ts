import type { Translation } from '../language.ts'
import type { en } from './texts.ts'

export const de: Translation<typeof en> = {
  label: 'Konversionsrate',
  none: 'Kein Ziel',
}

/** What the map shows: chosen in the panel, drawn by the layers. */
import type { MapAnswer, Screen } from './answer.ts'
import { createFinder } from './find.ts'
import type { Mode } from './texts.ts'

export type Row = { selector: string; text: string; count: number; element: Element | undefined }

export type MapState = {
  answer: MapAnswer
  mode: Mode
  screen: Screen
  layers: { counts: boolean; heat: boolean; scroll: boolean }
  /** Of the mode, the most first; found on the page as it was when they were last looked for. */
  rows: readonly Row[]
  /** The element that a row was chosen for. */
  pointed: Element | undefined
}

export function startState(answer: MapAnswer): MapState {
  const { screens } = answer.grid
  const screen = screenOf(screens, innerWidth) ?? (screens[0] as Screen)
  const layers = { counts: true, heat: true, scroll: false }
  return { answer, mode: 'clicks', screen, layers, rows: findRows(answer, 'clicks'), pointed: undefined }
}

/** The class that a width is in. */
export function screenOf(screens: readonly Screen[], width: number): Screen | undefined {
  return screens.find(({ below }) => below === null || width < below)
}

/** Looks for the elements again, since pages change while they are open. */
export function findRows(answer: MapAnswer, mode: Mode): Row[] {
  const find = createFinder(document)
  const named =
    mode === 'clicks'
      ? answer.elements.map(({ selector, text, clicks }) => ({ selector, text, count: clicks }))
      : answer[mode].map(({ selector, events }) => ({ selector, text: '', count: events }))
  const rows = named.map((row) => ({ ...row, element: find(row.selector, row.text) }))
  // Labels change with clicks ("Watered 2 ×"): where one label led to an element, its other labels do.
  const bySelector = new Map(rows.flatMap(({ selector, element }) => (element ? [[selector, element] as const] : [])))
  return rows.map((row) => ({ ...row, element: row.element ?? bySelector.get(row.selector) }))
}

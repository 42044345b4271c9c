/** The panel: what is shown, of when, and every element as a list, which keyboards reach as well. */
import type { Screen } from './answer.ts'
import { h } from './dom.ts'
import { clicksAt, heatColor } from './heat.ts'
import { type MapState, type Row, screenOf } from './state.ts'
import { formatExact, formatPeriod, formatShort, type Mode, screenName, texts } from './texts.ts'

const modes = ['clicks', 'rage', 'dead'] as const satisfies readonly Mode[]
const layerNames = ['counts', 'heat', 'scroll'] as const
/** Where the scale says how many clicks a colour is. */
const ticks = [0, 0.5, 1]
/** Rows of a list; whoever needs the rest has it on the dashboard. */
const mostRows = 100

export type PanelActions = {
  chooseMode(mode: Mode): void
  chooseScreen(screen: Screen): void
  toggle(layer: keyof MapState['layers'], isOn: boolean): void
  point(element: Element): void
}

/** @returns what is in the panel, and what tells it that the state has changed */
export function createPanelBody(
  state: MapState,
  actions: PanelActions,
): { nodes: Node[]; update(state: MapState): void } {
  const { answer } = state
  const counts = { clicks: answer.clicks, rage: sumOf(answer.rage), dead: sumOf(answer.dead) }
  const about = h(
    'p',
    {},
    h('strong', {}, answer.page),
    h('br'),
    `${formatPeriod(answer.from, answer.to)} · ${texts.all(formatExact(answer.clicks))}`,
  )
  const modeChoice = choice(
    texts.what,
    'mode',
    modes.map((mode) => ({
      label: texts.modes[mode],
      count: counts[mode],
      isChosen: mode === state.mode,
      choose: () => actions.chooseMode(mode),
    })),
  )
  const screenChoice = choice(
    texts.width,
    'screen',
    answer.grid.screens.map((screen) => ({
      label: screenName(screen),
      count: screen.clicks,
      isChosen: screen === state.screen,
      choose: () => actions.chooseScreen(screen),
    })),
  )
  const layers = h(
    'fieldset',
    {},
    h('legend', {}, texts.show),
    h('div', { class: 'layers' }, ...layerNames.map((name) => checkbox(name, state.layers[name], actions))),
  )
  const note = h('p', { role: 'status' })
  const legend = h('div', { class: 'legend' })
  const lists = h('div')

  function update({ mode, screen, layers: shown, rows }: MapState): void {
    const hasHeat = mode === 'clicks' && shown.heat
    screenChoice.hidden = mode !== 'clicks'
    // Only clicks have places.
    for (const label of layers.querySelectorAll<HTMLElement>('[data-layer=heat]')) label.hidden = mode !== 'clicks'
    const isOther = screen !== screenOf(answer.grid.screens, innerWidth)
    const says = screen.clicks === 0 ? texts.noPlaces : isOther ? texts.mismatch : ''
    note.textContent = hasHeat ? says : ''
    note.hidden = note.textContent === ''
    legend.hidden = !hasHeat || screen.clicks === 0
    legend.replaceChildren(...scaleOf(screen))
    lists.dataset.mode = mode
    lists.replaceChildren(...listsOf(rows, mode, actions))
  }

  update(state)
  return { nodes: [about, modeChoice, screenChoice, layers, note, legend, lists], update }
}

function sumOf(reports: readonly { events: number }[]): number {
  return reports.reduce((sum, { events }) => sum + events, 0)
}

type Option = { label: string; count: number; isChosen: boolean; choose: () => void }

function choice(name: string, group: string, options: readonly Option[]): HTMLElement {
  const labels = options.map(({ label, count, isChosen, choose }) => {
    const input = h('input', { type: 'radio', name: group })
    input.checked = isChosen
    input.addEventListener('change', choose)
    return h('label', {}, input, h('span', {}, `${label} `, h('small', {}, formatShort(count))))
  })
  return h('fieldset', {}, h('legend', {}, name), h('div', { class: 'segments' }, ...labels))
}

function checkbox(name: keyof MapState['layers'], isOn: boolean, { toggle }: PanelActions): HTMLElement {
  const input = h('input', { type: 'checkbox' })
  input.checked = isOn
  input.addEventListener('change', () => toggle(name, input.checked))
  return h('label', { 'data-layer': name }, input, texts.layers[name])
}

function scaleOf({ squares }: Screen): HTMLElement[] {
  const most = Math.max(0, ...squares.map(([, , clicks]) => clicks))
  const scale = h('div', { class: 'scale' })
  const colors = Array.from({ length: 9 }, (_, i) => `rgb(${heatColor(0.3 + (i / 8) * 0.7).join()})`)
  scale.style.background = `linear-gradient(to right, ${colors.join()})`
  const numbers = [...new Set(ticks.map((share) => clicksAt(0.3 + share * 0.7, most)))]
  return [
    h('p', { class: 'legend-name' }, texts.legend),
    scale,
    h('div', { class: 'ticks' }, ...numbers.map((clicks) => h('span', {}, formatExact(clicks)))),
  ]
}

function listsOf(rows: readonly Row[], mode: Mode, { point }: PanelActions): HTMLElement[] {
  if (rows.length === 0) return [h('p', {}, texts.none[mode])]
  const isFound = ({ element }: Row) => element !== undefined
  const [found, missing] = [rows.filter(isFound), rows.filter((row) => !isFound(row))]
  const cells = ({ selector, text, count }: Row) => [
    h('b', { title: texts.badge[mode](formatExact(count)) }, formatShort(count)),
    h('span', {}, text || selector),
    ...(text ? [h('code', {}, selector)] : []),
  ]
  const items = found.slice(0, mostRows).map((row) => {
    const button = h('button', { type: 'button' }, ...cells(row))
    button.addEventListener('click', () => row.element && point(row.element))
    return h('li', {}, button)
  })
  const others = missing.slice(0, mostRows).map((row) => h('li', {}, h('div', {}, ...cells(row))))
  return [
    ...(found.length > 0 ? [fold(texts.elements(formatExact(found.length)), items, true)] : []),
    ...(missing.length > 0 ? [fold(texts.missing(formatExact(missing.length)), others, false)] : []),
  ]
}

function fold(name: string, items: readonly HTMLElement[], isOpen: boolean): HTMLElement {
  return h('details', { open: isOpen }, h('summary', {}, name), h('ol', {}, ...items))
}

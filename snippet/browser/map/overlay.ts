/**
 * The overlay: layers and a panel in a shadow tree of their own, in the browser's top layer, so that the page neither
 * styles it nor moves for it. The page below can still be scrolled and used.
 */
import type { Asked } from './ask.ts'
import { h, icon } from './dom.ts'
import { createLayers } from './layers.ts'
import { createPanelBody } from './panel.ts'
import { findRows, type MapState, startState } from './state.ts'
import { createSheet } from './styles.ts'
import { texts } from './texts.ts'

/** Changes of the page that come together are looked at together. */
const settleMs = 300

/** Resolves once the answer is shown. */
export async function openOverlay(ask: () => Promise<Asked>): Promise<void> {
  const host = document.createElement('retrace-map')
  const shadow = host.attachShadow({ mode: 'open' })
  shadow.adoptedStyleSheets = [createSheet()]
  const ending = new AbortController()
  const { signal } = ending
  const before = document.activeElement

  const body = h('div', { class: 'body' }, h('p', { role: 'status' }, texts.loading))
  const panel = createPanel(body, close)
  shadow.append(panel)
  // Beside the body: what the page does with that is no concern of ours.
  document.documentElement.append(host)
  if ('showPopover' in host) {
    host.popover = 'manual'
    host.showPopover()
  }
  panel.focus({ preventScroll: true })
  keepToOurselves(host, signal)
  addEventListener(
    'keydown',
    (event) => {
      if (event.key !== 'Escape') return
      event.stopImmediatePropagation()
      event.preventDefault()
      close()
    },
    { capture: true, signal },
  )

  function close(): void {
    ending.abort()
    host.remove()
    if (before instanceof HTMLElement) before.focus({ preventScroll: true })
  }

  const asked = await ask()
  if (signal.aborted) return
  if (asked.kind !== 'answer') {
    body.replaceChildren(h('p', { role: 'alert' }, texts[asked.kind]))
    return
  }
  const state = startState(asked.answer)
  const layers = createLayers()
  shadow.prepend(...layers.nodes)
  show(state, layers.draw, body, signal)
}

function createPanel(body: HTMLElement, close: () => void): HTMLElement {
  const foldButton = h(
    'button',
    { type: 'button', 'aria-label': texts.fold, 'aria-expanded': 'true' },
    icon('M6 9l6 6 6-6'),
  )
  foldButton.addEventListener('click', () => {
    body.hidden = !body.hidden
    foldButton.setAttribute('aria-expanded', String(!body.hidden))
    foldButton.setAttribute('aria-label', body.hidden ? texts.unfold : texts.fold)
    foldButton.replaceChildren(icon(body.hidden ? 'M6 15l6-6 6 6' : 'M6 9l6 6 6-6'))
  })
  const closeButton = h('button', { type: 'button', 'aria-label': texts.close }, icon('M6 6l12 12M18 6L6 18'))
  closeButton.addEventListener('click', close)
  return h(
    'section',
    { class: 'panel', role: 'dialog', 'aria-label': texts.title, tabindex: '-1' },
    h('div', { class: 'head' }, h('h2', {}, texts.title), foldButton, closeButton),
    body,
  )
}

/** Draws the state, and again whenever it, the page or the window changes. */
function show(state: MapState, draw: (state: MapState) => void, body: HTMLElement, signal: AbortSignal): void {
  let frame = 0
  const redraw = () => {
    cancelAnimationFrame(frame)
    frame = requestAnimationFrame(() => draw(state))
  }
  const panel = createPanelBody(state, {
    chooseMode: (mode) => change({ mode, rows: findRows(state.answer, mode), pointed: undefined }),
    chooseScreen: (screen) => change({ screen }),
    toggle: (layer, isOn) => change({ layers: { ...state.layers, [layer]: isOn } }),
    point(element) {
      element.scrollIntoView({ block: 'center', behavior: 'instant' })
      // The lists stay as they are: whoever goes through them goes on from here.
      state.pointed = element
      redraw()
    },
  })
  const change = (different: Partial<MapState>) => {
    Object.assign(state, different)
    panel.update(state)
    redraw()
  }
  body.replaceChildren(...panel.nodes)

  for (const type of ['scroll', 'resize', 'load'])
    addEventListener(type, redraw, { capture: true, passive: true, signal })
  addEventListener('resize', () => panel.update(state), { signal })
  const sizes = new ResizeObserver(redraw)
  sizes.observe(document.documentElement)
  let timer: ReturnType<typeof setTimeout>
  const changes = new MutationObserver(() => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      const rows = findRows(state.answer, state.mode)
      // Lists are made anew only when it matters: focus may be in them.
      if (rows.some(({ element }, i) => element !== state.rows[i]?.element)) change({ rows })
      else redraw()
    }, settleMs)
  })
  changes.observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true })
  signal.addEventListener('abort', () => {
    sizes.disconnect()
    changes.disconnect()
    clearTimeout(timer)
    cancelAnimationFrame(frame)
  })
  redraw()
}

/** The page's own listeners hear nothing of what is done in the overlay. */
function keepToOurselves(host: HTMLElement, signal: AbortSignal): void {
  const types =
    'click auxclick dblclick mousedown mouseup pointerdown pointerup touchstart touchend keydown keyup input change focusin'
  for (const type of types.split(' ')) host.addEventListener(type, (event) => event.stopPropagation(), { signal })
}

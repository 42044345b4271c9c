/** What lies over the page and moves with it: heat, counts at elements, lines of scroll depth. */
import { h } from './dom.ts'
import { drawHeat } from './heat.ts'
import type { MapState } from './state.ts'
import { formatPercent, formatShort, texts } from './texts.ts'

/** Keeps a badge whole at the edges of the window. */
const edge = 24

export type Layers = { nodes: HTMLElement[]; draw(state: MapState): void }

export function createLayers(): Layers {
  const scrim = h('div', { class: 'scrim' })
  const canvas = h('canvas', { class: 'heat', 'aria-hidden': 'true' })
  const bands = h('div', { 'aria-hidden': 'true' })
  const badges = h('div', { 'aria-hidden': 'true' })
  const ring = h('div', { class: 'ring', hidden: true })

  function draw(state: MapState): void {
    const hasHeat = state.mode === 'clicks' && state.layers.heat
    scrim.hidden = !hasHeat && !state.layers.scroll
    canvas.hidden = !hasHeat
    if (hasHeat) drawPlaces(canvas, state)
    bands.replaceChildren(...(state.layers.scroll ? bandsOf(state) : []))
    badges.replaceChildren(...(state.layers.counts ? badgesOf(state) : []))
    const box = state.pointed?.getBoundingClientRect()
    ring.hidden = !box
    if (box) place(ring, box.left - 4, box.top - 4, box.width + 8, box.height + 8)
  }

  return { nodes: [scrim, canvas, bands, ring, badges], draw }
}

/** Columns are of the document's width, whatever it is; rows are CSS pixels from its top. */
function drawPlaces(canvas: HTMLCanvasElement, { answer: { grid }, screen }: MapState): void {
  canvas.width = innerWidth
  canvas.height = innerHeight
  const columnPixels = document.documentElement.scrollWidth / grid.columns
  const points = screen.squares.map(([column, row, clicks]) => ({
    x: (column + 0.5) * columnPixels - scrollX,
    y: (row + 0.5) * grid.rowPixels - scrollY,
    clicks,
  }))
  const most = Math.max(0, ...screen.squares.map(([, , clicks]) => clicks))
  drawHeat(canvas, points, most, Math.max(columnPixels, grid.rowPixels))
}

/** An element that was clicked under several words has one badge, with all of them. */
function badgesOf({ rows, mode }: MapState): HTMLElement[] {
  const sums = new Map<Element, number>()
  for (const { element, count } of rows) if (element) sums.set(element, (sums.get(element) ?? 0) + count)
  return [...sums].flatMap(([element, count]) => {
    const { left, right, top, bottom, width, height } = element.getBoundingClientRect()
    const isSeen = width > 0 && height > 0 && bottom > 0 && top < innerHeight && right > 0 && left < innerWidth
    if (!isSeen) return []
    const badge = h('span', { class: 'badge', 'data-mode': mode }, formatShort(count))
    const x = Math.max(edge, Math.min(innerWidth - edge, right))
    badge.style.transform = `translate(${Math.round(x)}px, ${Math.round(Math.max(12, top))}px) translate(-50%, -50%)`
    return [badge]
  })
}

function bandsOf({ answer: { scroll } }: MapState): HTMLElement[] {
  const height = document.documentElement.scrollHeight
  return scroll.depths.flatMap(({ percent, reached }) => {
    const y = (percent / 100) * height - scrollY
    if (percent === 0 || scroll.total === 0 || y < 0 || y > innerHeight + 40) return []
    const label = texts.band(formatPercent(percent / 100), formatPercent(reached / scroll.total))
    const band = h('div', { class: 'band', 'data-percent': String(percent) }, h('span', {}, label))
    band.style.transform = `translateY(${Math.round(y) - 2}px)`
    return [band]
  })
}

function place({ style }: HTMLElement, x: number, y: number, width: number, height: number): void {
  style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`
  style.width = `${Math.round(width)}px`
  style.height = `${Math.round(height)}px`
}

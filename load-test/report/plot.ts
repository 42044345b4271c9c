/** The frame that all plots share, as SVG text: axes, grid, what is drawn in between, and a column to point at. */
import { escapeHtml } from './format.ts'
import type { Scale } from './scale.ts'

/** Units of the drawing, which grows with the page. */
export const frame = { width: 560, height: 240, left: 58, right: 14, top: 12, bottom: 28 } as const
export const plotLeft = frame.left
export const plotRight = frame.width - frame.right
export const plotTop = frame.top
export const plotBottom = frame.height - frame.bottom

export type Hover = { from: number; to: number; lines: string[] }
export type Legend = { name: string; tone: string; dashed?: boolean }

export type PlotOptions = {
  title: string
  /** What it shows, for whoever cannot see it. */
  description: string
  x: Scale
  y: Scale
  yUnit: string
  legend: Legend[]
  /** SVG of the figures. */
  body: string
  hovers: Hover[]
}

export function plot({ title, description, x, y, yUnit, legend, body, hovers }: PlotOptions): string {
  const grid = y.marks
    .map(({ at, label }) => {
      const text = `<text x="${plotLeft - 8}" y="${px(at + 4)}" text-anchor="end">${label}</text>`
      return `<line class="grid" x1="${plotLeft}" x2="${plotRight}" y1="${px(at)}" y2="${px(at)}"/>${text}`
    })
    .join('')
  const times = x.marks
    .map(({ at, label }) => `<text x="${px(at)}" y="${plotBottom + 20}" text-anchor="middle">${label}</text>`)
    .join('')
  const columns = hovers
    .map(({ from, to, lines }) => {
      const place = `x="${px(from)}" width="${px(Math.max(1, to - from))}" y="${plotTop}" height="${plotBottom - plotTop}"`
      return `<rect class="hover" ${place}><title>${escapeHtml(lines.join('\n'))}</title></rect>`
    })
    .join('')
  const keys = legend
    .map(({ name, tone, dashed }) => `<li><i class="${tone}${dashed ? ' dashed' : ''}"></i>${escapeHtml(name)}</li>`)
    .join('')
  return `<figure>
<figcaption><h2>${escapeHtml(title)}</h2><span class="unit">${escapeHtml(yUnit)}</span><ul>${keys}</ul></figcaption>
<svg viewBox="0 0 ${frame.width} ${frame.height}" role="img" aria-label="${escapeHtml(description)}">
${grid}<line class="axis" x1="${plotLeft}" x2="${plotRight}" y1="${plotBottom}" y2="${plotBottom}"/>${times}
${body}
${columns}
</svg>
</figure>`
}

export type Place = { x: number; y: number | undefined }

/** A line through the places, with a gap where there is none. */
export function path(places: readonly Place[], attributes: string): string {
  let d = ''
  let pen = 'M'
  for (const { x, y } of places) {
    if (y === undefined) pen = 'M'
    else {
      d += `${pen}${px(x)} ${px(y)}`
      pen = 'L'
    }
  }
  return `<path d="${d}" ${attributes}/>`
}

/** The same, filled down to the axis. */
export function area(places: readonly Place[], attributes: string): string {
  const known = places.filter((place): place is { x: number; y: number } => place.y !== undefined)
  const [first, last] = [known[0], known.at(-1)]
  if (!first || !last) return ''
  const top = known.map(({ x, y }) => `L${px(x)} ${px(y)}`).join('')
  return `<path d="M${px(first.x)} ${plotBottom}${top}L${px(last.x)} ${plotBottom}Z" ${attributes}/>`
}

/** A tenth of a unit is finer than a pixel. */
export function px(value: number): string {
  return String(Number(value.toFixed(1)))
}

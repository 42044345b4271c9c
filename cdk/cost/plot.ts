/** Cost by volume as an SVG on two logarithmic axes, for light and dark pages. */

export type Series = {
  name: string
  /** Events a day and dollars a month, in order; a series ends where it has no price any more, and may have none here. */
  points: readonly { eventsPerDay: number; monthly: number }[]
}

const size = { width: 860, height: 480, left: 86, right: 210, top: 44, bottom: 52 }
const x = { from: 1e4, to: 1e10 }
const y = { from: 1, to: 1e8 }
/** Told apart by dashes too, for those who don't tell colours apart. */
const strokes = ['', '7 4', '2 3', '10 3 2 3', '4 4', '1 5']
const colours = {
  light: ['#1f5fd6', '#b3430f', '#0b7a53', '#7a3ea8', '#8a6a00', '#b0256b'],
  dark: ['#7db0ff', '#ff9d6b', '#4fd0a0', '#cf9bff', '#e2c044', '#ff85bd'],
} as const

const share = (range: { from: number; to: number }, value: number) =>
  Math.log(value / range.from) / Math.log(range.to / range.from)
const atX = (value: number) => size.left + share(x, value) * (size.width - size.left - size.right)
const atY = (value: number) =>
  size.height - size.bottom - share(y, Math.min(y.to, Math.max(y.from, value))) * (size.height - size.top - size.bottom)
const rounded = (value: number) => String(Math.round(value * 10) / 10)

/** @returns the volumes of a plot: ten a decade */
export function volumes(): number[] {
  const steps = 10 * Math.log10(x.to / x.from)
  return Array.from({ length: steps + 1 }, (_, i) => Math.round(x.from * 10 ** (i / 10)))
}

export function plot(title: string, series: readonly Series[]): string {
  const colourRules = (theme: 'light' | 'dark') =>
    series.map((_, i) => `.s${i}{stroke:${colours[theme][i]}} .n${i}{fill:${colours[theme][i]}}`).join(' ')
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${escapeText(title)}">
<style>
svg{font:13px system-ui,sans-serif} .page{fill:#fff} .grid{stroke:#d8dce2} text{fill:#2b3138} .line{fill:none;stroke-width:2.2;stroke-linejoin:round} ${colourRules('light')}
@media (prefers-color-scheme: dark){.page{fill:#14181d} .grid{stroke:#343b44} text{fill:#d6dbe1} ${colourRules('dark')}}
</style>
<rect class="page" width="${size.width}" height="${size.height}"/>
<text x="${size.left}" y="24" font-weight="600">${escapeText(title)}</text>
${gridLines()}
${series.map(line).filter(Boolean).join('\n')}
${names(series)}
</svg>
`
}

function gridLines(): string {
  const lines: string[] = []
  for (let value = x.from; value <= x.to; value *= 10) {
    const at = rounded(atX(value))
    lines.push(`<line class="grid" x1="${at}" x2="${at}" y1="${size.top}" y2="${size.height - size.bottom}"/>`)
    lines.push(`<text x="${at}" y="${size.height - size.bottom + 20}" text-anchor="middle">${short(value)}</text>`)
  }
  for (let value = y.from; value <= y.to; value *= 10) {
    const at = rounded(atY(value))
    lines.push(`<line class="grid" x1="${size.left}" x2="${size.width - size.right}" y1="${at}" y2="${at}"/>`)
    lines.push(`<text x="${size.left - 8}" y="${rounded(atY(value) + 4)}" text-anchor="end">$${short(value)}</text>`)
  }
  const middle = (size.left + size.width - size.right) / 2
  lines.push(`<text x="${middle}" y="${size.height - 10}" text-anchor="middle">events a day</text>`)
  return lines.join('\n')
}

function line({ points }: Series, index: number): string {
  if (points.length === 0) return ''
  const drawn = points.map(({ eventsPerDay, monthly }) => `${rounded(atX(eventsPerDay))},${rounded(atY(monthly))}`)
  const dashes = strokes[index] ? ` stroke-dasharray="${strokes[index]}"` : ''
  return `<polyline class="line s${index}"${dashes} points="${drawn.join(' ')}"/>`
}

/** Names in the margin where lines end, moved down where another is; beside their ends those that end before. */
function names(series: readonly Series[]): string {
  const ends = series.flatMap(({ name, points }, index) => {
    const last = points.at(-1)
    return last ? [{ name, index, from: atX(last.eventsPerDay), at: atY(last.monthly) }] : []
  })
  ends.sort((a, b) => a.at - b.at)
  const margin = size.width - size.right
  let below = size.top
  const inMargin = ends.filter(({ from }) => from > margin - 1)
  const early = ends.filter(({ from }) => from <= margin - 1)
  const text = (index: number, left: number, at: number, name: string, anchor = 'start') =>
    `<text class="n${index}" x="${rounded(left)}" y="${rounded(at)}" text-anchor="${anchor}">${escapeText(name)}</text>`
  return [
    ...inMargin.map(({ name, index, at }) => {
      below = Math.max(below + 17, at + 4)
      return text(index, margin + 10, below, name)
    }),
    // The dearest has room above it, the others below.
    ...early.map(({ name, index, from, at }, rank) => text(index, from, rank === 0 ? at - 8 : at + 24, name, 'middle')),
  ].join('\n')
}

function short(value: number): string {
  if (value >= 1e9) return `${value / 1e9}G`
  if (value >= 1e6) return `${value / 1e6}M`
  return value >= 1000 ? `${value / 1000}k` : String(value)
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}

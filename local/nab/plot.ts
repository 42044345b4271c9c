/** A labelled series as an SVG for light and dark pages: values, the band that was expected, scores and labels. */
import { SeriesDetector, type SeriesJudgement } from '../../consumers/anomaly-detector/series/series-detector.ts'
import type { LabelledSeries } from './corpus.ts'

const size = { width: 860, height: 330, left: 64, right: 16 }
const values = { top: 40, bottom: 206 }
/** Scores by how little is missing to 1: each further nine has the same height. */
const scores = { top: 224, bottom: 296, nines: 6 }
const threshold = 0.99
const dayMs = 86_400_000

/** What lies in a column of the picture: there are more rows than columns. */
type Column = { x: number; min: number; max: number; low: number; high: number; score: number }

/** @returns the drawing; every row is judged, by those before it */
export function plot(series: LabelledSeries): string {
  const { path, times } = series
  const detector = new SeriesDetector()
  const judged = series.values.map((value, row) => detector.add(times[row] as number, value))
  const first = Math.min(...times)
  const last = Math.max(...times)
  const inner = size.width - size.left - size.right
  const atX = (time: number) => size.left + ((time - first) / Math.max(1, last - first)) * inner
  const columns = columnsOf(series, judged, atX)
  const bottom = Math.min(...columns.map(({ min }) => min))
  const top = Math.max(...columns.map(({ max }) => max))
  const range = top - bottom || 1
  const atY = (value: number) => values.bottom - 6 - ((value - bottom) / range) * (values.bottom - values.top - 12)

  const marked = series.windows.map(({ first: from, last: to }) => {
    const left = atX(times[from] as number)
    const width = rounded(Math.max(1, atX(times[to] as number) - left))
    return `<rect class="label" x="${rounded(left)}" width="${width}" y="${values.top}" height="${scores.bottom - values.top}"/>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${path}: values, expected band, scores and labels">
<style>
svg{font:12px system-ui,sans-serif} .page{fill:#fff} text{fill:#2b3138} .axis{stroke:#8b949e} .label{fill:#f2c94c;opacity:.35} .band{fill:#1f5fd6;opacity:.2} .value{fill:none;stroke:#1f5fd6;stroke-width:1.1;stroke-linejoin:round} .score{stroke:#8b949e} .alarm{stroke:#c02637;stroke-width:2.4} .dot{fill:#c02637}
@media (prefers-color-scheme: dark){.page{fill:#14181d} text{fill:#d6dbe1} .axis,.score{stroke:#6b7580} .label{opacity:.28} .band{fill:#7db0ff} .value{stroke:#7db0ff} .alarm{stroke:#ff7b88} .dot{fill:#ff7b88}}
</style>
<clipPath id="c"><rect x="${size.left}" y="${values.top}" width="${inner}" height="${values.bottom - values.top}"/></clipPath>
<rect class="page" width="${size.width}" height="${size.height}"/>
<text x="${size.left}" y="24" font-weight="600">${path}</text>
${marked.join('\n')}
<g clip-path="url(#c)">
${bands(columns, atY)}
<path class="value" d="${valuePath(columns, atY)}"/>
</g>
${scoreBars(columns)}
${axes(bottom, top, atY)}
${days(first, last, atX)}
</svg>
`
}

function columnsOf(
  { times, values: all }: LabelledSeries,
  judged: readonly SeriesJudgement[],
  atX: (time: number) => number,
): Column[] {
  const columns = new Map<number, Column>()
  for (const [row, value] of all.entries()) {
    const { low = Number.NaN, high = Number.NaN, score } = judged[row] as SeriesJudgement
    const x = Math.round(atX(times[row] as number))
    const column = columns.get(x)
    if (column === undefined) columns.set(x, { x, min: value, max: value, low, high, score })
    else {
      column.min = Math.min(column.min, value)
      column.max = Math.max(column.max, value)
      // The wider: a value beside the band of its own row may lie in that of another of the column.
      column.low = Math.min(column.low, low)
      column.high = Math.max(column.high, high)
      column.score = Math.max(column.score, score)
    }
  }
  return [...columns.values()].sort((a, b) => a.x - b.x)
}

function valuePath(columns: readonly Column[], atY: (value: number) => number): string {
  const points = columns.flatMap(({ x, min, max }) =>
    min === max ? [`${x} ${rounded(atY(max))}`] : [`${x} ${rounded(atY(max))}`, `${x} ${rounded(atY(min))}`],
  )
  return `M${points.join('L')}`
}

/** From where there is one: not on the first day, nor where nothing was seen at that time of day. */
function bands(columns: readonly Column[], atY: (value: number) => number): string {
  const within = (value: number) => rounded(Math.max(values.top - 2, Math.min(values.bottom + 2, atY(value))))
  const stretches: Column[][] = []
  let open: Column[] | undefined
  for (const column of columns) {
    if (Number.isNaN(column.low + column.high)) open = undefined
    else if (open) open.push(column)
    else {
      open = [column]
      stretches.push(open)
    }
  }
  return stretches
    .map((stretch) => {
      const above = stretch.map(({ x, high }) => `${x} ${within(high)}`)
      const below = stretch.map(({ x, low }) => `${x} ${within(low)}`).reverse()
      return `<path class="band" d="M${[...above, ...below].join('L')}z"/>`
    })
    .join('\n')
}

function atScore(score: number): number {
  const nines = Math.min(scores.nines, -Math.log10(Math.max(1 - score, 1e-12)))
  return scores.bottom - (nines / scores.nines) * (scores.bottom - scores.top)
}

function scoreBars(columns: readonly Column[]): string {
  const bars = (of: readonly Column[]) =>
    of.map(({ x, score }) => `M${x} ${scores.bottom}V${rounded(atScore(score))}`).join('')
  const alarms = columns.filter(({ score }) => score >= threshold)
  return [
    `<path class="score" d="${bars(columns.filter(({ score }) => score > 0.1 && score < threshold))}"/>`,
    `<path class="alarm" d="${bars(alarms)}"/>`,
    ...alarms.map(({ x, score }) => `<circle class="dot" cx="${x}" cy="${rounded(atScore(score))}" r="3.2"/>`),
  ].join('\n')
}

function axes(bottom: number, top: number, atY: (value: number) => number): string {
  const right = size.width - size.right
  const tick = (y: number, label: string) =>
    `<text x="${size.left - 8}" y="${rounded(y + 4)}" text-anchor="end">${label}</text>`
  const line = (y: number, dashes = '') =>
    `<line class="axis"${dashes} x1="${size.left}" x2="${right}" y1="${rounded(y)}" y2="${rounded(y)}"/>`
  return [
    line(values.bottom),
    line(scores.bottom),
    line(atScore(threshold), ' stroke-dasharray="3 4"'),
    tick(atY(bottom), short(bottom)),
    tick(atY(top), short(top)),
    tick(atScore(threshold), String(threshold)),
    tick(scores.top, 'score'),
  ].join('\n')
}

function days(first: number, last: number, atX: (time: number) => number): string {
  const every = Math.max(1, Math.ceil((last - first) / dayMs / 8)) * dayMs
  const ticks: string[] = []
  for (let day = Math.ceil(first / dayMs) * dayMs; day <= last; day += every) {
    const x = rounded(atX(day))
    ticks.push(
      `<line class="axis" x1="${x}" x2="${x}" y1="${scores.bottom}" y2="${scores.bottom + 5}"/>`,
      `<text x="${x}" y="${scores.bottom + 20}" text-anchor="middle">${new Date(day).toISOString().slice(0, 10)}</text>`,
    )
  }
  return ticks.join('\n')
}

function short(value: number): string {
  return new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 }).format(value)
}

function rounded(value: number): string {
  return String(Math.round(value * 10) / 10)
}

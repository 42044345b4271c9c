/** The plots over the time of the run: rate, latency, answers. */
import type { TimelinePoint } from '../timeline.ts'
import { clock, count, duration } from './format.ts'
import { area, type Hover, type Legend, path, plot, plotBottom, plotLeft, plotRight, plotTop, px } from './plot.ts'
import { linearScale, logScale, roundUp, type Scale } from './scale.ts'

export function ratePlot(points: readonly TimelinePoint[]): string {
  const x = timeScale(points)
  const rate = (events: number, { seconds }: TimelinePoint) => events / seconds
  const to = roundUp(Math.max(1, ...points.flatMap((point) => [rate(point.due, point), rate(point.sent, point)])))
  const y = linearScale({ from: 0, to, start: plotBottom, end: plotTop, format: count }, 5)
  const line = (figure: (point: TimelinePoint) => number) =>
    points.map((point) => ({ x: x.at(middle(point)), y: y.at(rate(figure(point), point)) }))
  const sent = line(({ sent }) => sent)
  return plot({
    title: 'Rate',
    yUnit: 'events a second',
    description: `Requested and achieved rate over time, up to ${count(to)} events a second`,
    x,
    y,
    legend: [
      { name: 'achieved', tone: 'blue' },
      { name: 'requested', tone: 'ink', dashed: true },
    ],
    body: [
      area(sent, 'class="area blue"'),
      path(sent, 'class="line blue"'),
      path(
        line(({ due }) => due),
        'class="line ink dashed"',
      ),
    ].join(''),
    hovers: columns(points, x, (point) => [
      `requested ${count(rate(point.due, point))} events/s`,
      `achieved ${count(rate(point.sent, point))} events/s`,
    ]),
  })
}

const percentiles = [
  { key: 'max', name: 'max', tone: 'red' },
  { key: 'p99', name: 'p99', tone: 'orange' },
  { key: 'p90', name: 'p90', tone: 'purple' },
  { key: 'p50', name: 'p50', tone: 'blue' },
] as const

export function latencyPlot(points: readonly TimelinePoint[]): string {
  const x = timeScale(points)
  const known = points.flatMap(({ latency }) => (latency ? [latency] : []))
  const from = Math.min(...known.map(({ p50 }) => p50), 1000)
  const to = Math.max(...known.map(({ max }) => max), from * 2)
  const y = logScale({ from: roundDown(from), to: roundUp(to), start: plotBottom, end: plotTop, format: duration })
  const line = (key: (typeof percentiles)[number]['key']) =>
    points.map((point) => ({ x: x.at(middle(point)), y: point.latency && y.at(point.latency[key]) }))
  return plot({
    title: 'Latency',
    yUnit: 'since due, log scale',
    description: `Latency percentiles over time, from ${duration(from)} to ${duration(to)}`,
    x,
    y,
    legend: percentiles.map(({ name, tone }) => ({ name, tone })),
    body: percentiles.map(({ key, tone }) => path(line(key), `class="line ${tone}"`)).join(''),
    hovers: columns(points, x, ({ latency }) =>
      latency ? percentiles.map(({ key, name }) => `${name} ${duration(latency[key])}`) : ['no answer'],
    ),
  })
}

export function answersPlot(points: readonly TimelinePoint[]): string {
  const x = timeScale(points)
  const kinds = [...new Set(points.flatMap(({ answers }) => Object.keys(answers)))].sort()
  const total = (point: TimelinePoint) => Object.values(point.answers).reduce((sum, requests) => sum + requests, 0)
  const to = roundUp(Math.max(1, ...points.map((point) => total(point) / point.seconds)))
  const y = linearScale({ from: 0, to, start: plotBottom, end: plotTop, format: count }, 5)
  const bars = points.map((point) => {
    const [left, right] = [x.at(point.from), x.at(point.from + point.seconds)]
    const gap = right - left > 4 ? 1 : 0
    let below = 0
    return kinds
      .map((kind) => {
        const requests = (point.answers[kind] ?? 0) / point.seconds
        const [bottom, top] = [y.at(below), y.at(below + requests)]
        below += requests
        if (requests === 0) return ''
        const place = `x="${px(left)}" width="${px(right - left - gap)}" y="${px(top)}" height="${px(bottom - top)}"`
        return `<rect class="bar ${toneOf(kind)}" ${place}/>`
      })
      .join('')
  })
  const legend: Legend[] = kinds.map((kind) => {
    const requests = points.reduce((sum, { answers }) => sum + (answers[kind] ?? 0), 0)
    return { name: `${kind}: ${count(requests)}`, tone: toneOf(kind) }
  })
  return plot({
    title: 'Answers',
    yUnit: 'requests a second by status',
    description: `Answers over time: ${legend.map(({ name }) => name).join(', ')}`,
    x,
    y,
    legend,
    body: bars.join(''),
    hovers: columns(points, x, ({ answers }) => kinds.map((kind) => `${kind}: ${count(answers[kind] ?? 0)}`)),
  })
}

/** Error codes (ECONNRESET, …) are no statuses: no answer came. */
function toneOf(kind: string): string {
  return { 2: 'green', 3: 'blue', 4: 'orange', 5: 'red' }[kind[0] as '2' | '3' | '4' | '5'] ?? 'purple'
}

function timeScale(points: readonly TimelinePoint[]): Scale {
  const last = points.at(-1)
  const to = last ? last.from + last.seconds : 1
  return linearScale({ from: 0, to, start: plotLeft, end: plotRight, format: clock }, 7)
}

function middle({ from, seconds }: TimelinePoint): number {
  return from + seconds / 2
}

function columns(points: readonly TimelinePoint[], x: Scale, lines: (point: TimelinePoint) => string[]): Hover[] {
  return points.map((point) => ({
    from: x.at(point.from),
    to: x.at(point.from + point.seconds),
    lines: [`at ${clock(point.from)}`, ...lines(point)],
  }))
}

/** The next smaller 1, 2 or 5 with zeros, above 0 as a logarithm wants it. */
function roundDown(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 0.01)))
  return [5, 2, 1].map((step) => step * power).find((round) => round <= value) ?? power
}

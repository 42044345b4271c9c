/** The headline figures, each with its change against the period before. A tile chooses what the chart shows. */
import { useEffect, useRef } from 'preact/hooks'
import type { ReportFigures } from '../answers.ts'
import { formatExact, formatPercent } from './format.ts'
import { type MetricName, type MetricView, metricViews } from './metrics.ts'
import { texts } from './texts.ts'

type TilesProps = {
  summary: ReportFigures | undefined
  before: ReportFigures | undefined
  /** What `before` is of, where it is no period before: more of it is no news, neither good nor bad. */
  beforeName: string | undefined
  names: readonly MetricName[]
  current: MetricName
  onChoose: (metric: MetricName) => void
}

export function Tiles({ summary, before, beforeName, names, current, onChoose }: TilesProps) {
  return (
    <div class="tiles" data-count={names.length}>
      {names.map((name) => {
        const view = metricViews[name]
        const value = summary && view.value(summary)
        return (
          <button key={name} type="button" class="tile" aria-pressed={name === current} onClick={() => onChoose(name)}>
            <span class="tile-label">{view.label}</span>
            {summary ? (
              <TileValue view={view} value={value ?? null} />
            ) : (
              <span class="tile-value skeleton-line">
                <span class="visually-hidden">{texts.loading}</span>
              </span>
            )}
            <TileChange
              view={view}
              value={value ?? null}
              before={before ? view.value(before) : null}
              name={beforeName}
            />
          </button>
        )
      })}
    </div>
  )
}

/** A value that changes while one looks lights up for a moment. */
function TileValue({ view, value }: { view: MetricView; value: number | null }) {
  const element = useRef<HTMLSpanElement>(null)
  const text = value === null ? '–' : view.format(value)
  const shown = useRef(text)
  useEffect(() => {
    if (shown.current === text) return
    shown.current = text
    const node = element.current
    if (!node) return
    node.classList.remove('changed')
    // Reading a size makes the browser notice that the class was gone, and start the animation anew.
    void node.offsetWidth
    node.classList.add('changed')
  }, [text])
  return (
    <span
      class="tile-value"
      ref={element}
      title={value !== null && view.kind === 'count' ? formatExact(value) : undefined}
    >
      {text}
    </span>
  )
}

/** More than tenfold says nothing but "much more". */
const maxChange = 9.99

type TileChangeProps = { view: MetricView; value: number | null; before: number | null; name: string | undefined }

function TileChange({ view, value, before, name }: TileChangeProps) {
  if (value === null || before === null) return <span class="tile-change" />
  // The change of a rate is told in points: 40 % to 50 % is 10 points, not 25 %.
  const change = view.kind === 'ratio' ? value - before : before === 0 ? null : value / before - 1
  if (change === null) return <span class="tile-change" />
  const size = Math.abs(change)
  const by =
    view.kind === 'ratio'
      ? texts.change.points(Math.round(size * 100), formatExact(Math.round(size * 100)))
      : size > maxChange
        ? `> ${formatPercent(maxChange)}`
        : formatPercent(Math.round(size * 100) / 100)
  if (Math.round(size * 100) === 0)
    return (
      <span class="tile-change" title={name === undefined ? texts.change.same : `${name}: ${view.format(before)}`}>
        ±0
      </span>
    )
  const up = change > 0
  const way = up ? 'up' : 'down'
  const told =
    name === undefined
      ? texts.change[way](by, view.format(before))
      : `${by} ${texts.change.than[way]}, ${name}: ${view.format(before)}`
  const mood = up === view.lowerIsBetter ? 'bad' : 'good'
  return (
    <span class="tile-change" data-mood={name === undefined ? mood : undefined} title={told}>
      <span aria-hidden="true">
        {up ? '↑' : '↓'} {by}
      </span>
      <span class="visually-hidden">{told}</span>
    </span>
  )
}

/** Heat over an outline with the proportions of the page, down to its lowest click: for pages that cannot be opened. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { clicksAt, drawHeat, heatColor } from '../../../../snippet/browser/map/heat.ts'
import type { ClickmapAnswer, ClickmapScreen } from '../../../clickmap-answers.ts'
import { formatDateRange, formatExact, formatPercent } from '../../format.ts'
import { clicksTexts } from './texts.ts'

/** A width that is usual in its class, CSS pixels: places are known by the share of the width. */
const usualWidths: Record<string, number> = { phone: 390, tablet: 820, laptop: 1280, desktop: 1680, wide: 2240 }
/** Narrow windows have long pages: all of them are to be about as high. */
const canvasWidths: Record<string, number> = { phone: 320, tablet: 460 }
const usualCanvasWidth = 640
/** Browsers draw no canvas that is much higher. */
const maxCanvasHeight = 16_000
const faintest = 0.3

type OutlineProps = { answer: ClickmapAnswer; screen: ClickmapScreen }

export function Outline({ answer: { grid }, screen }: OutlineProps) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const [pointed, setPointed] = useState<ClickmapScreen['squares'][number]>()
  const { columns, rowPixels } = grid
  const width = usualWidths[screen.screen] ?? 1280
  const canvasWidth = canvasWidths[screen.screen] ?? usualCanvasWidth
  const most = Math.max(0, ...screen.squares.map(([, , clicks]) => clicks))
  const lowest = Math.max(0, ...screen.squares.map(([, row]) => row))
  const pageHeight = Math.max(width * 0.6, (lowest + 3) * rowPixels)
  const scale = Math.min(canvasWidth / width, maxCanvasHeight / pageHeight)
  const height = Math.round(pageHeight * scale)
  const [columnPixels, rowHeight] = [canvasWidth / columns, rowPixels * scale]

  useEffect(() => {
    const points = screen.squares.map(([column, row, clicks]) => ({
      x: (column + 0.5) * columnPixels,
      y: (row + 0.5) * rowHeight,
      clicks,
    }))
    if (canvas.current) drawHeat(canvas.current, points, most, Math.max(columnPixels, rowHeight, 10))
    // Below the fold there may be all of it.
    const [, hottest = 0] = screen.squares[0] ?? []
    const frame = canvas.current?.parentElement
    if (frame) frame.scrollTop = (hottest + 0.5) * rowHeight * (frame.scrollHeight / height) - frame.clientHeight / 2
  }, [screen, most, columnPixels, rowHeight, height])

  function pointAt(event: MouseEvent & { currentTarget: HTMLCanvasElement }): void {
    const box = event.currentTarget.getBoundingClientRect()
    const column = Math.floor(((event.clientX - box.x) / box.width) * columns)
    const row = Math.floor((((event.clientY - box.y) / box.height) * height) / rowHeight)
    setPointed(screen.squares.find(([x, y]) => x === column && y === row))
  }

  const name = screenName(screen.screen)
  const label = clicksTexts.picture(name, formatExact(screen.clicks), formatExact(most))
  const colors = Array.from({ length: 9 }, (_, i) => `rgb(${heatColor(faintest + (i / 8) * (1 - faintest)).join()})`)
  const ticks = [...new Set([0, 0.5, 1].map((share) => clicksAt(faintest + share * (1 - faintest), most)))]
  // The end is not included.
  const [first, last] = [grid.from.slice(0, 10), new Date(Date.parse(grid.to) - 1).toISOString().slice(0, 10)]
  return (
    <div class="card clickmap-picture">
      {screen.clicks === 0 ? (
        <p class="nothing">{clicksTexts.noPlaces}</p>
      ) : (
        <>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
          <section class="clickmap-scroll" tabIndex={0} aria-label={label}>
            <canvas
              ref={canvas}
              width={canvasWidth}
              style={{ maxWidth: `${canvasWidth}px` }}
              height={height}
              role="img"
              aria-label={label}
              onMouseMove={pointAt}
              onMouseLeave={() => setPointed(undefined)}
            />
          </section>
          <p class="clickmap-note">{clicksTexts.legend}</p>
          <div class="clickmap-scale" style={{ background: `linear-gradient(to right, ${colors.join()})` }} />
          <div class="clickmap-ticks">
            {ticks.map((clicks) => (
              <span key={clicks}>{formatExact(clicks)}</span>
            ))}
          </div>
          <p class="clickmap-note">{pointed ? squareText(pointed, columns, rowPixels) : clicksTexts.point}</p>
        </>
      )}
      <p class="clickmap-note">{clicksTexts.days(formatDateRange(first, last))}</p>
    </div>
  )
}

export function screenName(screen: string): string {
  return (clicksTexts.screens as Record<string, string>)[screen] ?? screen
}

function squareText([column, row, clicks]: [number, number, number], columns: number, rowPixels: number): string {
  return clicksTexts.square(formatExact(clicks), formatPercent((column + 0.5) / columns), formatExact(row * rowPixels))
}

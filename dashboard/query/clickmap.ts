/** Where a page was clicked, from what cells or facts count by page: elements, squares of a grid, reports of anger. */
import { gridColumns, gridRowPixels } from '../../consumers/aggregator/shapes/click-grid.ts'
import { screenClasses } from '../../consumers/aggregator/shapes/screens.ts'
import type { ScrollAnswer } from '../answers.ts'
import type { ClickmapAnswer, ClickmapScreen, FrustratedElement } from '../clickmap-answers.ts'
import type { Combination } from './filter.ts'
import type { Period } from './period.ts'

/** The dimensions that hold what a click map shows, each under `page NUL`. */
export const mapDimensions = ['pageTarget', 'frustration', 'position'] as const
export type MapDimension = (typeof mapDimensions)[number]

export function underPage(dimension: MapDimension, page: string): Combination {
  return { dimension, prefix: `${page}\u0000`, keepsPrefix: false }
}

/** A value without its page, and what was counted under it; the most first. */
type Row = { value: string; clicks: number; events: number }
export type MapValues = Record<MapDimension, readonly Row[]> & { clicks: number; scroll: ScrollAnswer }

/** @param places the period that positions are of */
export function toClickmap(
  asked: { site: string; page: string; screen: string | undefined; limit: number },
  period: Pick<Period, 'from' | 'to'>,
  places: Pick<Period, 'from' | 'to'>,
  values: MapValues,
): ClickmapAnswer {
  const { site, page, screen, limit } = asked
  const elements = values.pageTarget.map(({ value, clicks }) => ({ ...elementOf(value), clicks }))
  return {
    site,
    page,
    from: isoTime(period.from),
    to: isoTime(period.to),
    clicks: values.clicks,
    elements: elements.slice(0, limit),
    total: elements.length,
    rage: reportsOf('rage_click', values.frustration).slice(0, limit),
    dead: reportsOf('dead_click', values.frustration).slice(0, limit),
    grid: {
      columns: gridColumns,
      rowPixels: gridRowPixels,
      from: isoTime(places.from),
      to: isoTime(places.to),
      screens: toScreens(values.position).filter((each) => screen === undefined || each.screen === screen),
    },
    scroll: values.scroll,
  }
}

/** `text NUL selector`, or the selector alone. */
function elementOf(value: string): { selector: string; text: string } {
  const end = value.lastIndexOf('\u0000')
  return { selector: value.slice(end + 1), text: end < 0 ? '' : value.slice(0, end) }
}

/** `name NUL selector` */
function reportsOf(name: string, rows: readonly Row[]): FrustratedElement[] {
  const prefix = `${name}\u0000`
  return rows.flatMap(({ value, events }) =>
    value.startsWith(prefix) ? [{ selector: value.slice(prefix.length), events }] : [],
  )
}

/** `class NUL column NUL row` */
function toScreens(rows: readonly Row[]): ClickmapScreen[] {
  const screens = screenClasses.map(
    ({ name, below }): ClickmapScreen => ({ screen: name, below: below ?? null, clicks: 0, squares: [] }),
  )
  for (const { value, clicks } of rows) {
    const [name, column, row] = value.split('\u0000')
    const screen = screens.find((each) => each.screen === name)
    if (!screen) continue
    screen.clicks += clicks
    screen.squares.push([Number(column), Number(row), clicks])
  }
  return screens
}

function isoTime(at: number): string {
  return new Date(at).toISOString()
}

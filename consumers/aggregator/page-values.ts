/**
 * Values that name a page, made once and shared: a delta that names them holds a list that is there already, and each
 * leads to its sum.
 */
import type { ClickTarget } from '../../stream/event.ts'
import { DimensionValue, type Values } from './dimension-value.ts'
import { Remembered } from './remembered.ts'
import { positionValue } from './shapes/click-grid.ts'

export type Page = {
  name: string
  /** What any event on the page counts under. */
  viewed: Values
  /** What a visit counts under that began here: visits count among all pages and among entries. */
  entered: Values
  /** The same of a visit that has just begun: it would leave from here. */
  begun: Values
  /** What a visit counts under that left from here. */
  left: Values
  /** By selector and text. */
  targets: Map<string, Map<string, Target>>
  /** By the square of the grid over the page. */
  positions: Map<number, DimensionValue>
  /** What a report counts under that says how far down the page was seen, by tenths. */
  scrolled: Map<number, Values>
}

export type Target = {
  /** What people see of it, and where it is: `text NUL selector`, or the selector alone. */
  name: string
  /** What a click on it counts under, its page among it. */
  clicked: Values
}

const mostPages = 20_000
/** Targets and positions over all pages; some hundred bytes each. */
const mostDetails = 100_000

const pages = new Remembered(mostPages, (name): Page => {
  const page = new DimensionValue('page', name)
  const entry = new DimensionValue('entry', name)
  const exit = new DimensionValue('exit', name)
  return {
    name,
    viewed: [page],
    entered: [page, entry],
    begun: [page, entry, exit],
    left: [exit],
    targets: new Map(),
    positions: new Map(),
    scrolled: new Map(),
  }
})

export function pageOf(name: string): Page {
  return pages.get(name)
}

let detailCount = 0
/** Pages with targets or positions. */
const detailed = new Set<Page>()

/** Makes room for one more on the page: when there are too many, all are forgotten. */
function noteDetail(page: Page): void {
  if (detailCount >= mostDetails) {
    for (const { targets, positions } of detailed) {
      targets.clear()
      positions.clear()
    }
    detailed.clear()
    detailCount = 0
  }
  detailed.add(page)
  detailCount += 1
}

export function targetOf(page: Page, { selector, text = '' }: ClickTarget): Target {
  const known = page.targets.get(selector)?.get(text)
  if (known) return known
  noteDetail(page)
  const target = makeTarget(page, selector, text)
  const texts = page.targets.get(selector) ?? new Map<string, Target>()
  page.targets.set(selector, texts.set(text, target))
  return target
}

export function positionOf(page: Page, square: number): DimensionValue {
  const known = page.positions.get(square)
  if (known) return known
  noteDetail(page)
  const position = new DimensionValue('position', positionValue(page.name, square))
  page.positions.set(square, position)
  return position
}

/** @param percent of the page's height, 0 to 100 */
export function scrolledTo(page: Page, percent: number): Values {
  const tenths = Math.floor(percent / 10)
  const known = page.scrolled.get(tenths)
  if (known) return known
  const values: Values = [...page.viewed, new DimensionValue('scroll', `${page.name}\u0000${tenths * 10}`)]
  page.scrolled.set(tenths, values)
  return values
}

function makeTarget(page: Page, selector: string, text: string): Target {
  const name = text ? `${text}\u0000${selector}` : selector
  const target = new DimensionValue('target', name)
  return { name, clicked: [...page.viewed, target, new DimensionValue('pageTarget', `${page.name}\u0000${name}`)] }
}

/**
 * Values that name a page, made once and shared: a delta that names them holds a list that is there already, and what
 * sums deltas up can tell equal lists by their identity.
 */
import type { ClickTarget } from '../../stream/event.ts'
import { Remembered } from './remembered.ts'
import type { DimensionValue } from './shapes/dimensions.ts'

export type Values = readonly DimensionValue[]

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
}

export type Target = {
  /** What people see of it, and where it is: `text NUL selector`, or the selector alone. */
  name: string
  /** What a click on it counts under, its page among it. */
  clicked: Values
}

const mostPages = 20_000
/** Over all pages; some hundred bytes each. */
const mostTargets = 50_000

const pages = new Remembered(mostPages, (name): Page => {
  const page: DimensionValue = ['page', name]
  const entry: DimensionValue = ['entry', name]
  const exit: DimensionValue = ['exit', name]
  return {
    name,
    viewed: [page],
    entered: [page, entry],
    begun: [page, entry, exit],
    left: [exit],
    targets: new Map(),
  }
})

export function pageOf(name: string): Page {
  return pages.get(name)
}

let targetCount = 0
/** Pages whose targets are remembered. */
const withTargets = new Set<Page>()

export function targetOf(page: Page, { selector, text = '' }: ClickTarget): Target {
  const known = page.targets.get(selector)?.get(text)
  if (known) return known
  if (targetCount >= mostTargets) {
    for (const each of withTargets) each.targets.clear()
    withTargets.clear()
    targetCount = 0
  }
  const target = makeTarget(page, selector, text)
  const texts = page.targets.get(selector) ?? new Map<string, Target>()
  page.targets.set(selector, texts.set(text, target))
  withTargets.add(page)
  targetCount += 1
  return target
}

function makeTarget(page: Page, selector: string, text: string): Target {
  const name = text ? `${text}\u0000${selector}` : selector
  return { name, clicked: [...page.viewed, ['target', name], ['pageTarget', `${page.name}\u0000${name}`]] }
}

/** What the API answers of where a page was clicked. The page reads it: nothing here needs Node. */
import type { ScrollAnswer } from './answers.ts'

/** An element as clicks named it: the same element with other words is another row. */
export type ClickedElement = { selector: string; text: string; clicks: number }
/** What pages reported of an element that did not do what was asked of it. */
export type FrustratedElement = { selector: string; events: number }

/** A class of viewports: from the width at which the class before it ends, up to and without `below`. */
export type ClickmapScreen = {
  screen: string
  /** CSS pixels; null: any width. */
  below: number | null
  /** Clicks that have a place. */
  clicks: number
  /** The most first. */
  squares: [column: number, row: number, clicks: number][]
}

export type ClickmapAnswer = {
  site: string
  page: string
  from: string
  to: string
  /** On this page, wherever; elements add up to this unless there are more than are told apart. */
  clicks: number
  /** The most clicked first, and how many there are in all. */
  elements: ClickedElement[]
  total: number
  rage: FrustratedElement[]
  dead: FrustratedElement[]
  grid: {
    columns: number
    rowPixels: number
    /** The UTC days that the period touches: places are counted by the day. */
    from: string
    to: string
    /** All classes, the narrowest first. */
    screens: ClickmapScreen[]
  }
  scroll: ScrollAnswer
}

/** The page's address with a token in its fragment, for the one who asked. */
export type ClickmapLinkAnswer = { url: string; expiresAt: string }

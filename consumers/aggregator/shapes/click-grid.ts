/**
 * Where on a page clicks land: fifty columns over the width of the document, whatever it is, and rows of 32 CSS
 * pixels, as far down as a click map is drawn. For each class of viewport (screens.ts), since layouts differ.
 */
import type { ClickTarget } from '../../../stream/event.ts'
import { screenIndexOf, screenNames } from './screens.ts'

export const gridColumns = 50
export const gridRowPixels = 32
/** 32,768 pixels. Clicks below it count in the last row. */
export const gridRows = 1024

/** @returns a number for the square of the grid; undefined for a click without a place, such as from the keyboard */
export function squareOf({ pageX, pageY, vw, docW }: ClickTarget): number | undefined {
  if (pageX === undefined || pageY === undefined || vw === undefined || docW === undefined || docW <= 0)
    return undefined
  const column = within(Math.floor((pageX / docW) * gridColumns), gridColumns)
  const row = within(Math.floor(pageY / gridRowPixels), gridRows)
  return (screenIndexOf(vw) * gridColumns + column) * gridRows + row
}

/** @returns `page NUL class NUL column NUL row` */
export function positionValue(page: string, square: number): string {
  const column = Math.floor(square / gridRows)
  const screen = screenNames[Math.floor(column / gridColumns)]
  return `${page}\u0000${screen}\u0000${column % gridColumns}\u0000${square % gridRows}`
}

function within(index: number, count: number): number {
  return Math.max(0, Math.min(count - 1, index))
}

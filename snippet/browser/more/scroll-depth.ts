import { listen } from './core.ts'

let depth = 0
let timer: ReturnType<typeof setTimeout>

const measure = (): void => {
  depth = Math.max(depth, ((scrollY + innerHeight) / document.documentElement.scrollHeight) * 100)
}

/** How far down the page was seen since the last time, in percent. */
export const takeDepth = (): number => {
  measure()
  // Pages that are shorter than the window were seen as a whole.
  const taken = Math.min(100, depth)
  depth = 0
  return taken
}

listen('scroll', () => {
  clearTimeout(timer)
  // Reading places forces a layout where one is due: a moment after the scrolling, none is.
  timer = setTimeout(measure, 100)
})

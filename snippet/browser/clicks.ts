import type { ClickTarget } from '../../stream/event.ts'
import { cut } from './cut.ts'
import { report } from './report.ts'
import { selectorOf } from './selector.ts'
import { visibleText } from './visible-text.ts'

const interactive =
  'a,button,input,select,summary,[role=button],[role=link],[role=tab],[role=menuitem],[onclick],[data-retrace-event]'

/**
 * Reports what people click on. `event.target` stops at the host of a shadow tree; the composed path does not.
 * `click` is the main button, Enter, Space and taps; the middle button (open in a new tab) comes as `auxclick`, and
 * so does the right one, which opens a menu and is left out. `element.click()` in a script is nobody's click.
 * A label is not in the list: browsers answer a click on it with a second one, on its control.
 */
export const reportClick = (event: MouseEvent): void => {
  // Windows, documents and shadow roots are on the path too, and match nothing.
  const path = event.composedPath().filter((node) => (node as Element).matches) as HTMLAnchorElement[]
  const element = path.find((node) => node.matches(interactive))
  if (!element || event.button > 1 || !event.isTrusted) return

  const box = element.getBoundingClientRect()
  const root = document.documentElement
  report({
    type: 'click',
    target: {
      selector: cut(selectorOf(element), 512),
      text: cut(visibleText(element, path), 100),
      href: cut((element.closest('a') || element).href, 2048),
      vw: innerWidth,
      vh: innerHeight,
      docW: root.scrollWidth,
      docH: root.scrollHeight,
      // Clicks from the keyboard have no count and no place.
      ...(event.detail && {
        x: (event.clientX - box.x) | 0,
        y: (event.clientY - box.y) | 0,
        pageX: event.pageX,
        pageY: event.pageY,
      }),
    } as ClickTarget,
  })
}

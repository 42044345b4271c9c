import type { ClickTarget } from '../../stream/event.ts'
import { report } from './report.ts'
import { selectorOf } from './selector.ts'

/** What visitors write, or what the site keeps to itself; and what is nobody's text. */
const unreadable = '[contenteditable],select,[data-retrace-mask],input,style,script,textarea'

/**
 * Reports what people click on. `event.target` stops at the host of a shadow tree; the composed path does not.
 * `click` is the main button, Enter, Space and taps; the middle button (open in a new tab) comes as `auxclick`, and
 * so does the right one, which opens a menu and is left out. `element.click()` in a script is nobody's click.
 * A label is not in the list: browsers answer a click on it with a second one, on its control.
 */
export const reportClick = (event: MouseEvent): void => {
  let element: Element | false | undefined
  let href: string | undefined
  let masked: boolean | undefined
  // Windows, documents and shadow roots are on the path too, and match nothing.
  for (const node of event.composedPath() as HTMLAnchorElement[])
    if (node.matches) {
      element ||=
        node.matches(
          '[onclick],[role=menuitem],input,[role=tab],select,[data-retrace-event],[role=button],[role=link],a,summary,button',
        ) && node
      // Of links in drawings it is an object.
      href ||= node.protocol && node.href
      masked ||= node.matches(unreadable)
    }
  if (!element || event.button > 1 || !event.isTrusted) return

  const box = element.getBoundingClientRect()
  const root = document.documentElement
  report('click', {
    target: {
      selector: selectorOf(element),
      // No words when anything unreadable is around the element or in it: `textContent` has what a textarea was filled
      // with, `innerText` forces a layout, and a privacy rule with exceptions is none.
      text:
        masked || element.querySelector(unreadable)
          ? ''
          : (element.textContent as string).replace(/\s+/g, ' ').trim().slice(0, 100) || element.ariaLabel,
      href,
      vw: innerWidth,
      vh: innerHeight,
      docW: root.scrollWidth,
      docH: root.scrollHeight,
      // Clicks from the keyboard have no count and no place.
      ...(event.detail && {
        x: (event.x - box.x) | 0,
        y: (event.y - box.y) | 0,
        pageX: event.pageX,
        pageY: event.pageY,
      }),
    } as ClickTarget,
  })
}

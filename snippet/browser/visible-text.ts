/** What visitors write, or what the site keeps to itself; and what is nobody's text. */
const unreadable = 'input,textarea,select,script,style,[contenteditable],[data-retrace-mask]'

/**
 * The words on an element. None when anything unreadable is around it or in it: `textContent` has what a textarea was
 * filled with, `innerText` forces a layout, and a privacy rule with exceptions is none.
 *
 * @param path the elements around it, through shadow trees, which `closest()` would not leave
 */
export const visibleText = (element: Element, path: Element[]): string | null =>
  path.some((node) => node.matches(unreadable)) || element.querySelector(unreadable)
    ? ''
    : (element.textContent as string).trim().replace(/\s+/g, ' ') || element.ariaLabel

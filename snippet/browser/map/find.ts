/**
 * Finds an element again by what clicks said of it: selector (../selector.ts, which made it) and words. Pages change a
 * little from day to day, so in this order: both, the same words on an element of the same kind, the selector alone.
 */
import { selectorOf } from '../selector.ts'

/** Elements of a page that are looked at for words; past that none is found by them. */
const mostElements = 20_000

export type Finder = (selector: string, text: string) => Element | undefined

/** @returns a finder for the page as it is now */
export function createFinder(root: Document): Finder {
  let byWords: Map<string, Element[]> | undefined

  return (selector, text) => {
    const named = matching(root, selector).filter((element) => selectorOf(element) === selector)
    if (!text) return named[0]
    const exact = named.find((element) => wordsOf(element) === text)
    if (exact) return exact
    byWords ??= collectWords(root)
    return nearest(byWords.get(`${kindOf(selector)} ${text}`) ?? [], selector) ?? named[0]
  }
}

/** As clicks report it (../clicks.ts). */
function wordsOf(element: Element): string {
  return (element.textContent ?? '').replace(/\s+/g, ' ').trim().slice(0, 100) || (element.ariaLabel ?? '')
}

/** The name of the element that a selector ends with; of an id it is not known. */
function kindOf(selector: string): string {
  return /^[\w-]+/.exec(selector.split('>').pop() ?? '')?.[0] ?? ''
}

/** In the document, and where a part of the selector leads to a shadow tree, in there. */
function matching(root: ParentNode, selector: string): Element[] {
  const found = select(root, selector)
  if (found.length > 0) return found
  const parts = selector.split('>')
  for (let length = parts.length - 1; length > 0; length--)
    for (const host of select(root, parts.slice(0, length).join('>'))) {
      const inside = host.shadowRoot && matching(host.shadowRoot, parts.slice(length).join('>'))
      if (inside && inside.length > 0) return inside
    }
  return []
}

function select(root: ParentNode, selector: string): Element[] {
  try {
    return [...root.querySelectorAll(selector)]
  } catch {
    // Whatever was sent as a selector.
    return []
  }
}

function collectWords(root: Document): Map<string, Element[]> {
  const byWords = new Map<string, Element[]>()
  const all = root.querySelectorAll('a,button,summary,[role],[onclick],[data-retrace-event]')
  for (const element of [...all].slice(0, mostElements)) {
    const words = wordsOf(element)
    if (!words) continue
    // Under its kind, and under none for selectors that are an id.
    for (const kind of [element.localName, '']) {
      const key = `${kind} ${words}`
      byWords.set(key, [...(byWords.get(key) ?? []), element])
    }
  }
  return byWords
}

/** The one whose own selector has most in common with this one. */
function nearest(elements: readonly Element[], selector: string): Element | undefined {
  const parts = new Set(selector.split('>'))
  let best: { element: Element; common: number } | undefined
  for (const element of elements) {
    const common = selectorOf(element)
      .split('>')
      .filter((part) => parts.has(part)).length
    if (!best || common > best.common) best = { element, common }
  }
  return best?.element
}

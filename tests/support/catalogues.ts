/** The words of the page, as lists: for tests that compare what is said with what is written down. */
import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'

const pageFolder = join(import.meta.dirname, '../../dashboard/page')

export type Catalogues = { english: Map<string, string>; german: Map<string, string> }

/** All there are, of every folder of the page: `texts.ts` exports `en`, and `texts.de.ts` beside it `de`. */
export async function loadCatalogues(): Promise<Catalogues> {
  const [english, german] = [new Map<string, string>(), new Map<string, string>()]
  for (const file of await readdir(pageFolder, { recursive: true })) {
    if (!/(^|\/)texts\.ts$/.test(file)) continue
    const [{ en }, { de }] = await Promise.all([
      import(join(pageFolder, file)),
      import(join(pageFolder, dirname(file), 'texts.de.ts')),
    ])
    for (const [path, text] of textsOf(en, file)) english.set(path, text)
    for (const [path, text] of textsOf(de, file)) german.set(path, text)
  }
  return { english, german }
}

/** A catalogue, or a branch of one. */
type Catalogue = { readonly [key: string]: unknown }

/** What a function of a catalogue is given in place of a number or a name. */
const placeholder = '\u0001'

/** Every text by its path (`texts.ts.header.site`), functions with placeholders in their places. */
function textsOf(catalogue: object, path: string): Map<string, string> {
  const found = new Map<string, string>()
  for (const [key, text] of Object.entries(catalogue as Catalogue)) {
    const at = `${path}.${key}`
    if (typeof text === 'string') found.set(at, text)
    else if (typeof text === 'function') found.set(at, text(...Array(text.length).fill(placeholder)))
    else for (const [inner, value] of textsOf(text as Catalogue, at)) found.set(inner, value)
  }
  return found
}

/** What a text says whatever is put into it. */
export function constantParts(text: string): string[] {
  return text
    .split(placeholder)
    .map((part) => part.trim())
    .filter((part) => /\p{L}{2}/u.test(part))
}

/** Names, units and words that both languages have. */
export const sharedWords =
  /^(Retrace|System|Browser|Token|Tablet|Pipeline|Stream|Shards?|1 shard|Aggregator|Web vitals|signup|Name|Downloads|Medium|Region|SQL|Segment|Laptop|Desktop)$/i

/** Words that no German sentence has, and hardly any English one lacks. */
export const englishWords = /\b(the|and|of|this|that|is|are|were|by|with|not|no|what|when|which|it|its|to|from)\b/gi

/** In the browser: all that is shown or read aloud, one text each. Code is nobody's language. */
export const saidInBrowser = `(() => {
  const said = []
  const isCode = (element) => element.closest('code, script, style') !== null
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode())
    if (node.data.trim() && !isCode(node.parentElement)) said.push(node.data.trim())
  for (const element of document.querySelectorAll('[aria-label], [title], [placeholder], [aria-valuetext], [alt]'))
    for (const name of ['aria-label', 'title', 'placeholder', 'aria-valuetext', 'alt'])
      if (element.getAttribute(name)?.trim()) said.push(element.getAttribute(name).trim())
  return [document.title, ...said]
})()`

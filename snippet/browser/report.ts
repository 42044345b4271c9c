import type { EventType, TrackedEvent } from '../../stream/event.ts'
import { deliver } from './delivery.ts'
import { toJson } from './json.ts'
import { listen } from './listen.ts'
import { tools } from './tools.ts'

/** An event as its observer sees it. What is empty is left out. */
export type Finding = {
  [Field in Exclude<keyof TrackedEvent, 'type' | 'load' | 'n' | 'at' | 'props'>]?: TrackedEvent[Field] | undefined
} & { props?: Record<string, unknown> | undefined }

let n = 0
/** How many reports wait for an event. Should it never come, a thousand are kept. */
let held = 0
/**
 * 16 decimal digits, which are hexadecimal ones as well. Not `crypto.randomUUID()`: it is missing where a page is not
 * served over https. 53 bits are enough to tell the loads of one site within the three days that duplicates are known.
 */
const load = Math.random().toFixed(16).slice(2)
/** The address that was viewed last. */
export let page: string | undefined

/**
 * Numbers an event and hands it to delivery. It belongs to the page that was viewed last: only views name one.
 *
 * Waits while the page is one that Chrome renders ahead of time, since most of those are never shown
 * (https://developer.chrome.com/docs/web-platform/prerender-pages).
 */
export const report = (type: EventType, finding: Finding): void => {
  const gate = (document as { prerendering?: boolean }).prerendering ? 'prerenderingchange' : tools.gate_
  if (gate) {
    if (held++ < 1000) listen(gate, () => report(type, finding))
  } else if (!tools.edit_?.(type, finding)) {
    page = finding.url || page
    // The endpoint recognises events that begin with these fields in this order, and is quicker with them
    // (stream/canonical.ts).
    deliver(toJson({ type, load, n: n++, at: Date.now(), url: page, ...finding }))
  }
}

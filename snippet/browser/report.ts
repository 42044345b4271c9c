import type { TrackedEvent } from '../../stream/event.ts'
import { deliver } from './delivery.ts'
import { listen } from './listen.ts'
import { loadId } from './load-id.ts'

/** An event as its observer sees it. `undefined` means left out. */
export type Finding = { type: TrackedEvent['type'] } & {
  [Field in Exclude<keyof TrackedEvent, 'type' | 'load' | 'n' | 'at'>]?: TrackedEvent[Field] | undefined
}

let n = 0
/** The address that was viewed last. */
export let page: string | undefined

/**
 * Numbers an event and hands it to delivery. It belongs to the page that was viewed last: only views name one.
 *
 * Waits while the page is one that Chrome renders ahead of time, since most of those are never shown
 * (https://developer.chrome.com/docs/web-platform/prerender-pages).
 */
export const report = (finding: Finding): void => {
  const go = () => {
    page = finding.url || page
    // The endpoint recognises events that begin with these fields in this order, and is quicker with them
    // (stream/canonical.ts). The type is the finding's.
    deliver(JSON.stringify(Object.assign({ type: 0, load: loadId, n: n++, at: Date.now(), url: page }, finding)))
  }
  if ((document as { prerendering?: boolean }).prerendering) listen('prerenderingchange', go)
  else go()
}

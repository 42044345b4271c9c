import { reportClick } from './clicks.ts'
import { type Retrace, retrace } from './custom-events.ts'
import { flush } from './delivery.ts'
import { reportEngagement, settle } from './engagement.ts'
import { listen } from './listen.ts'
import { loadId } from './load-id.ts'
import { look } from './page-views.ts'

const stub: Partial<Retrace> = window.retrace || {}

// A page that embeds the script twice is still one page.
if (!stub.load) {
  look()
  // There is no event for these two in all browsers (the Navigation API has one).
  for (const method of ['pushState', 'replaceState'] as const) {
    const original = history[method]
    history[method] = (...args) => {
      original.apply(history, args)
      look()
    }
  }
  listen('popstate pageshow', look)
  listen('click auxclick', reportClick)
  listen('mousemove keydown scroll', settle)
  // The last moments in which a page can be sure to run: mobile browsers kill hidden tabs without a further event, and
  // Safari before 14.5 fires only `pagehide` when a link is followed. Never `unload`: it disables the back/forward
  // cache. Coming back is a good moment too, to try again what was not taken.
  listen('visibilitychange pagehide', (event) => {
    reportEngagement()
    flush(event)
  })
  window.retrace = retrace
  retrace.load = loadId
  for (const call of stub.q || []) retrace(...call)
}

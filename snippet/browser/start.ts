/** Which event of the browser goes where. */
import { reportClick } from './clicks.ts'
import { retrace } from './custom-events.ts'
import { flush, waiting } from './delivery.ts'
import { reportEngagement, settle } from './engagement.ts'
import { listen } from './listen.ts'
import { look } from './page-views.ts'
import { report } from './report.ts'
import { safely } from './safely.ts'
import { selectorOf } from './selector.ts'
import { tools } from './tools.ts'

const stub = window.retrace

// A page that embeds the script twice is still one page.
if (!stub?.core) {
  void look()
  // There is no event for these two in all browsers (the Navigation API has one).
  for (const method of ['pushState', 'replaceState'] as const) {
    const original = history[method].bind(history)
    history[method] = (...args) => {
      original(...args)
      void look()
    }
  }
  listen('pageshow popstate', look)
  listen('click auxclick', reportClick)
  listen('scroll mousemove keydown', settle)
  // The last moment in which a page can be sure to run: mobile browsers kill hidden tabs without a further event, and
  // what goes on to the next page is hidden first. Never `unload`: it disables the back/forward cache. Coming back is
  // a good moment too, to try again what was not taken.
  listen('online visibilitychange', (event) => {
    // It fails where it is not there yet.
    void safely(tools.leave_ as () => void)()
    reportEngagement()
    void flush(event)
  })
  window.retrace = retrace
  retrace.core = [options, tools, report, listen, selectorOf, flush, waiting]
  for (const call of stub?.q || []) retrace(...call)
}

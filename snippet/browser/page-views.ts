import { reportEngagement } from './engagement.ts'
import { page, report } from './report.ts'
import { safely } from './safely.ts'

let path: string | undefined

/**
 * Reports a page that is looked at, once. A router often calls `pushState` and then `replaceState` for one navigation,
 * and old Safari fires `popstate` on load: a path that has not changed is no new page. Unless the browser brought the
 * whole page back from its back/forward cache, which runs no script anew (https://web.dev/articles/bfcache).
 */
export const look = safely((event?: { persisted?: boolean }) => {
  const next = location.pathname + ('hash' in options ? location.hash : '')
  if (path === next && !event?.persisted) return
  reportEngagement()
  path = next
  report('pageview', {
    title: document.title,
    url: location.origin + path + location.search,
    vw: innerWidth,
    vh: innerHeight,
    referrer: page || document.referrer,
  })
})

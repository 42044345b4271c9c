import { cut } from './cut.ts'
import { reportEngagement } from './engagement.ts'
import { page, report } from './report.ts'
import { safely } from './safely.ts'

let path: string | undefined

/**
 * Reports a page that is looked at, once. A router often calls `pushState` and then `replaceState` for one navigation,
 * and old Safari fires `popstate` on load: a path that has not changed is no new page. Unless the browser brought the
 * whole page back from its back/forward cache, which runs no script anew (https://web.dev/articles/bfcache).
 */
export const look = safely((event: { persisted?: boolean } = {}) => {
  if (path === location.pathname && !event.persisted) return
  reportEngagement()
  path = location.pathname
  report({
    type: 'pageview',
    url: cut(location.href.split('#')[0], 2048),
    referrer: cut(page || document.referrer, 2048),
    title: cut(document.title, 512),
    vw: innerWidth,
    vh: innerHeight,
  })
})

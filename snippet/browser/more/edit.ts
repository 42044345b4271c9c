/**
 * What the options take out of the reports, or add to them. Until this is in place, the first file holds back all
 * that happens on pages with such options.
 */
import type { EventType } from '../../../stream/event.ts'
import type { Finding } from '../report.ts'
import { options } from './core.ts'
import { takeDepth } from './scroll-depth.ts'

const { doNotTrack, globalPrivacyControl } = navigator as Navigator & { globalPrivacyControl?: boolean }
const isUnwanted = 'respectDnt' in options && (globalPrivacyControl || doNotTrack === '1')

/** `/admin/**, /x` as an expression. Everything but stars and commas stands for itself. */
const excludedPaths = RegExp(
  `^(${`${options.exclude}`
    .replace(/[^\w,*]/g, '\\$&')
    .replace(/\*+/g, (stars) => (stars[1] ? '.*' : '[^/]*'))
    .replace(/,(\\\s)*/g, '|')})$`,
)

let viewed: unknown
let isExcluded = false

export const edit = (type: EventType, finding: Finding): unknown => {
  const { target } = finding
  if (type === 'pageview') {
    // With `hash` there is a fragment. The endpoint keeps none: `/app/#/settings` is known as `/app/settings`.
    finding.url = finding.url?.replace(/\/?#!?\/?/, '/')
    // A page that the browser brought back is a view, whatever address it has.
    if (options.spa === 'none' && viewed && window.event?.type !== 'pageshow') return true
    viewed = 1
    isExcluded = excludedPaths.test(new URL(finding.url as string).pathname)
  }
  if (type === 'engagement') finding.scroll = takeDepth()
  if (options.outbound === 'none' && target?.href && !target.href.startsWith(`${location.origin}/`)) target.href = ''
  return isUnwanted || isExcluded || (type === 'click' && options.clicks === 'none')
}

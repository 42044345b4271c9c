/** The module for those who bundle: both files in one, and begun by a call instead of a script element. */
import type * as types from '../retrace.d.mts'
import type { Retrace } from './custom-events.ts'

/** What snippet/build.ts makes of start.ts and of more.ts. */
declare const startCore: (script: { dataset: object; src: string }) => void
declare const startMore: () => void

/** An element, since bundlers want to know beforehand what is imported. */
const loadMap = (src: string): void => {
  try {
    const script = document.createElement('script')
    script.type = 'module'
    script.src = `${new URL('retrace-map.js', src)}`
    document.head.append(script)
  } catch {}
}

export const init: typeof types.init = ({ endpoint, more, ...others }) => {
  if (typeof window === 'undefined' || window.retrace?.core) return
  const chosen: Record<string, string> = {}
  for (const [name, value] of Object.entries(others))
    if (value || value === '') chosen[name] = value === true ? '' : `${value}`
  const src = `${new URL(endpoint || '/', location.href)}`
  startCore({ dataset: chosen, src })
  if (more !== 'none') setTimeout(/retrace-map.js/.test(location.hash) ? () => loadMap(src) : startMore)
}

export const track: typeof types.track = (...call) => {
  if (typeof window === 'undefined') return
  window.retrace ||= ((...later) => {
    const { retrace } = window as { retrace: Retrace }
    retrace.q = (retrace.q || []).concat([later])
  }) as Retrace
  window.retrace(...call)
}

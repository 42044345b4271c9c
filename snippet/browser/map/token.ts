/** The token that the address brings: content and signature (dashboard/session/map-tokens.ts). Only the dashboard can judge it. */
export type Token = { text: string; api: string }

/** Takes it out of the address, which people copy, and gives the page its own fragment back. */
export function takeToken(): Token | undefined {
  const [, text = '', own = ''] = /#retrace-map\.js=([\w.-]+)(#.*)?$/.exec(location.href) ?? []
  history.replaceState(history.state, '', location.pathname + location.search)
  // As a navigation, which routers hear of.
  if (own) location.replace(own)
  try {
    const json = atob((text.split('.')[0] ?? '').replace(/-/g, '+').replace(/_/g, '/'))
    const { api } = JSON.parse(json) as { api?: unknown }
    return typeof api === 'string' && /^https?:\/\//.test(api) ? { text, api } : undefined
  } catch {
    return undefined
  }
}

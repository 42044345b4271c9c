/** What addresses say: which page this is, where a visit came from, which campaign brought it. */

/** The page within its site: path, and those query parameters that the site keeps, without campaign tags. */
export function pageOf(url: string): string {
  const { pathname, searchParams } = new URL(url)
  const kept = [...searchParams].filter(([key]) => !isCampaignTag(key))
  return kept.length === 0 ? pathname : `${pathname}?${new URLSearchParams(kept)}`
}

/** Host that a visit came from, or what its campaign calls the source; '' when it came directly. */
export function sourceOf(url: string, referrer: string | undefined): string {
  const { hostname, searchParams } = new URL(url)
  const tagged = searchParams.get('utm_source') ?? searchParams.get('source') ?? searchParams.get('ref')
  if (tagged) return tagged.toLowerCase()
  if (!referrer) return ''
  const host = withoutWww(new URL(referrer).hostname)
  return host === withoutWww(hostname) ? '' : host
}

export function campaignOf(url: string): string | undefined {
  return new URL(url).searchParams.get('utm_campaign') ?? undefined
}

function isCampaignTag(key: string): boolean {
  return key.startsWith('utm_') || key === 'ref' || key === 'source'
}

function withoutWww(hostname: string): string {
  return hostname.replace(/^www\./, '')
}

/** A website whose events are taken: what the registry (table `sites`) holds. */
export type Site = {
  /** Lower-case letters, digits, dots and dashes; it stands in `data-site` and in URLs. */
  site: string
  name: string
  /** Origins that may post, such as `https://example.org`; empty: any. */
  origins: string[]
  /** IANA name; days on the dashboard are days there. */
  timeZone: string
  /** Query parameters that tell pages apart on this site, kept beside the campaign tags. */
  queryParams: string[]
  createdAt: number
}

export const sitePattern = '^[a-z0-9](?:[a-z0-9.-]{0,62}[a-z0-9])?$'

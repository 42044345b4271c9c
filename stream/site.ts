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
  /** No visitors at all: page views and clicks are counted, people and visits are not. */
  strict: boolean
  /** Keep a hash of the network that each visitor is in, for rules; it is the same on every day (docs/decisions/0017). */
  network: boolean
  createdAt: number
  /** Whole UTC days for which events are kept in the archive, by arrival, and figures, by when it happened; absent: for good. */
  archiveDays?: number
  figureDays?: number
  /** For how many weeks visitors keep a name, and since which UTC midnight (remembered.ts); absent: for a day. */
  rememberedWeeks?: number
  rememberedFrom?: number
  /** Since when it takes no events any more and all that it had is erased: for good, and its name is not used again. */
  closedAt?: number
}

const optional = [
  'archiveDays',
  'figureDays',
  'rememberedWeeks',
  'rememberedFrom',
  'closedAt',
] as const satisfies readonly (keyof Site)[]

export const sitePattern = '^[a-z0-9](?:[a-z0-9.-]{0,62}[a-z0-9])?$'

/** A DynamoDB item, as far as sites use it: texts, numbers, truths and lists of texts. */
export type SiteItem = Record<string, { S: string } | { N: string } | { BOOL: boolean } | { L: { S: string }[] }>

export function siteToItem(site: Site): SiteItem {
  const list = (texts: string[]) => ({ L: texts.map((text) => ({ S: text })) })
  return {
    site: { S: site.site },
    name: { S: site.name },
    origins: list(site.origins),
    timeZone: { S: site.timeZone },
    queryParams: list(site.queryParams),
    strict: { BOOL: site.strict },
    network: { BOOL: site.network },
    createdAt: { N: String(site.createdAt) },
    ...numbers(site),
  }
}

function numbers(site: Site): SiteItem {
  return Object.fromEntries(
    optional.flatMap((name) => (site[name] === undefined ? [] : [[name, { N: String(site[name]) }]])),
  )
}

/** The reverse, given the attributes as DynamoDB's client types them. */
export function siteFromItem(
  item: Record<string, { S?: string; N?: string; BOOL?: boolean; L?: { S?: string }[] }>,
): Site {
  const text = (name: string) => item[name]?.S ?? ''
  const list = (name: string) => (item[name]?.L ?? []).map((entry) => entry.S ?? '')
  return {
    site: text('site'),
    name: text('name'),
    origins: list('origins'),
    timeZone: text('timeZone') || 'UTC',
    queryParams: list('queryParams'),
    strict: item.strict?.BOOL ?? false,
    network: item.network?.BOOL ?? false,
    createdAt: Number(item.createdAt?.N ?? 0),
    ...Object.fromEntries(
      optional.flatMap((name) => (item[name]?.N === undefined ? [] : [[name, Number(item[name].N)]])),
    ),
  }
}

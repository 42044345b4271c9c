/**
 * Page addresses as they are stored: what tells pages and campaigns apart stays; what may hold names, tokens or
 * searches goes (docs/decisions/0004-visitors-without-cookies.md).
 */

/** Campaign tags: the utm_* family as Google Analytics defines it, and the plain `ref` and `source` of newsletters. */
export const campaignTags: ReadonlySet<string> = new Set([
  'utm_source',
  'utm_medium',
  'utm_campaign',
  'utm_term',
  'utm_content',
  'utm_id',
  'ref',
  'source',
])

/**
 * Addresses that parsing would leave exactly as they are: a lower-case name as host, a path of characters that are
 * neither escaped nor resolved, nothing behind it. Most are, and looking takes a tenth of parsing. A segment ends in
 * a slash, or where the path does, so that nothing makes the expression try twice.
 */
const host = '(?:(?!xn--)[a-z0-9-]{1,63}\\.){0,8}(?!xn--)[a-z][a-z0-9-]{0,62}'
const port = '(?!:(?:80|443)/)(?::[1-9]\\d{0,3})?'
const inSegment = "\\w~!$&'()*+,;=:@-"
const segment = `[${inSegment}]+(?:\\.[${inSegment}]+)*`
export const cleanAddress = `https?://${host}${port}/(?:${segment}(?:/|(?![./${inSegment}])))*`
const cleanAlready = new RegExp(`^${cleanAddress}$`)

/**
 * @param url absolute, http or https
 * @param keep query parameters that the site lists besides the campaign tags
 * @returns the address without credentials, fragment and other parameters; undefined when it is no web address
 */
export function cleanUrl(url: string, keep: readonly string[] = []): string | undefined {
  if (cleanAlready.test(url)) return url
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return undefined
  const parsed = new URL(url)
  parsed.hash = ''
  parsed.username = ''
  parsed.password = ''
  if (parsed.search) {
    const dropped = [...parsed.searchParams.keys()].filter((key) => !campaignTags.has(key) && !keep.includes(key))
    for (const key of dropped) parsed.searchParams.delete(key)
  }
  return parsed.href
}

/** The origin and path of where a visitor came from, or undefined for what is no web address (`android-app:`). */
export function cleanReferrer(referrer: string): string | undefined {
  const cleaned = cleanUrl(referrer)
  return cleaned?.split('?', 1)[0]
}

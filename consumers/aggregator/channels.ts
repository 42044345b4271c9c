/** Through which kind of door visits come: rules as data, the first that holds decides. */
export const channels = ['paid', 'email', 'social', 'search', 'internal', 'direct', 'referral'] as const
export type Channel = (typeof channels)[number]

export type Arrival = {
  /** `utm_source` or what stands for it, lower case; '' without. */
  source: string
  /** `utm_medium`, lower case; '' without. */
  medium: string
  /** Host of the referrer without `www.`; '' without. */
  host: string
  /** Whether the referrer is the site itself: the visitor came back to a page that was left open. */
  isInternal: boolean
}

/** What mediums are called by Google Analytics and in newsletters and ads that follow it. */
const mediums: Partial<Record<Channel, ReadonlySet<string>>> = {
  paid: new Set([
    ...['cpc', 'ppc', 'cpm', 'cpv', 'cpa', 'paid', 'paidsearch', 'paid_search', 'paid-search', 'paidsocial'],
    ...['paid_social', 'paid-social', 'display', 'banner', 'retargeting', 'affiliate', 'ad', 'ads'],
  ]),
  email: new Set(['email', 'e-mail', 'e_mail', 'mail', 'newsletter']),
  social: new Set(['social', 'social-network', 'social-media', 'social_media', 'sm']),
  search: new Set(['organic', 'search', 'seo']),
}

/** Sources as campaigns name them, and hosts by one of their labels, whatever country they are in. */
const labels: Partial<Record<Channel, ReadonlySet<string>>> = {
  email: new Set(['newsletter', 'email', 'gmail', 'mail', 'outlook', 'mailchimp', 'sendgrid', 'proton']),
  social: new Set([
    ...['facebook', 'instagram', 'twitter', 'linkedin', 'pinterest', 'reddit', 'tiktok', 'youtube', 'threads', 'bsky'],
    ...['mastodon', 'tumblr', 'snapchat', 'discord', 'whatsapp', 'telegram', 'weibo', 'vk', 'xing', 'quora'],
  ]),
  search: new Set([
    ...['google', 'bing', 'duckduckgo', 'yahoo', 'baidu', 'yandex', 'ecosia', 'qwant', 'startpage', 'naver', 'sogou'],
    ...['kagi', 'seznam', 'ask', 'swisscows', 'mojeek', 'perplexity'],
  ]),
}

/** Hosts whose labels say nothing. */
const hosts: Partial<Record<Channel, ReadonlySet<string>>> = {
  social: new Set(['t.co', 'x.com', 'lnkd.in', 'fb.me', 'youtu.be', 't.me', 'news.ycombinator.com']),
  search: new Set(['search.brave.com']),
}

export function channelOf({ source, medium, host, isInternal }: Arrival): Channel {
  for (const channel of channels) if (mediums[channel]?.has(medium)) return channel
  for (const channel of channels)
    if (hosts[channel]?.has(host) || labels[channel]?.has(source) || hasLabel(host, labels[channel])) return channel
  if (source !== '') return 'referral'
  if (isInternal) return 'internal'
  return host === '' ? 'direct' : 'referral'
}

/** All labels count but the last, which is a country or a kind of organisation. */
function hasLabel(host: string, wanted: ReadonlySet<string> | undefined): boolean {
  return (
    wanted !== undefined &&
    host
      .split('.')
      .slice(0, -1)
      .some((label) => wanted.has(label))
  )
}

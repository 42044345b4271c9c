/** What counts how unless an owner says otherwise. */
import type { ChannelRule, RulesDocument } from './document.ts'

/** Mediums as Google Analytics and newsletters and ads that follow it call them; then sources and hosts. */
export const usualChannels: readonly ChannelRule[] = [
  {
    channel: 'paid',
    medium: [
      ...['cpc', 'ppc', 'cpm', 'cpv', 'cpa', 'paid', 'paidsearch', 'paid_search', 'paid-search', 'paidsocial'],
      ...['paid_social', 'paid-social', 'display', 'banner', 'retargeting', 'affiliate', 'ad', 'ads'],
    ],
  },
  { channel: 'email', medium: ['email', 'e-mail', 'e_mail', 'mail', 'newsletter'] },
  { channel: 'social', medium: ['social', 'social-network', 'social-media', 'social_media', 'sm'] },
  { channel: 'search', medium: ['organic', 'search', 'seo'] },
  {
    channel: 'email',
    name: ['newsletter', 'email', 'gmail', 'mail', 'outlook', 'mailchimp', 'sendgrid', 'proton'],
  },
  // Hosts whose labels say nothing.
  { channel: 'social', host: ['t.co', 'x.com', 'lnkd.in', 'fb.me', 'youtu.be', 't.me', 'news.ycombinator.com'] },
  {
    channel: 'social',
    name: [
      ...[
        'facebook',
        'instagram',
        'twitter',
        'linkedin',
        'pinterest',
        'reddit',
        'tiktok',
        'youtube',
        'threads',
        'bsky',
      ],
      ...['mastodon', 'tumblr', 'snapchat', 'discord', 'whatsapp', 'telegram', 'weibo', 'vk', 'xing', 'quora'],
    ],
  },
  { channel: 'search', host: ['search.brave.com'] },
  {
    channel: 'search',
    name: [
      ...['google', 'bing', 'duckduckgo', 'yahoo', 'baidu', 'yandex', 'ecosia', 'qwant', 'startpage', 'naver', 'sogou'],
      ...['kagi', 'seznam', 'ask', 'swisscows', 'mojeek', 'perplexity'],
    ],
  },
]

export const usualDocument: RulesDocument = {
  all: {
    bots: [],
    internal: { visitors: [], hosts: [], tags: [], networks: [] },
    channels: usualChannels,
    pages: [],
    visitTimeoutMinutes: 30,
  },
  sites: {},
}

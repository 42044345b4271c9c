/** What addresses say: which page this is, where a visit came from, which campaign brought it. */
import { Remembered } from './remembered.ts'

export type Address = {
  /** The page within its site: path, and those query parameters that the site keeps, without campaign tags. */
  page: string
  /** Without `www.`. */
  host: string
  campaign: Campaign
  /** Whether any tag is there. */
  hasCampaign: boolean
}

/** Campaign tags as Google Analytics defines them; '' where there is none. `source` may also be called `ref`. */
export type Campaign = { source: string; medium: string; campaign: string; term: string; content: string }

/** Most events come from some thousand addresses, and parsing one takes longer than counting an event. */
export const mostAddresses = 20_000
const addresses = new Remembered(mostAddresses, parseAddress)
const hostNames = new Remembered(mostAddresses, (url: string) => withoutWww(new URL(url).hostname))

/** @param url absolute: the endpoint takes no other */
export function addressOf(url: string): Address {
  return addresses.get(url)
}

/** Host of where a visit came from, without `www.`. */
export function hostOf(url: string): string {
  return hostNames.get(url)
}

function parseAddress(url: string): Address {
  const { hostname, pathname, searchParams } = new URL(url)
  const kept = [...searchParams].filter(([key]) => !isCampaignTag(key))
  const tag = (name: string) => searchParams.get(name) ?? ''
  const source = tag('utm_source') || tag('source') || tag('ref')
  const campaign: Campaign = {
    source: source.toLowerCase(),
    medium: tag('utm_medium').toLowerCase(),
    campaign: tag('utm_campaign'),
    term: tag('utm_term'),
    content: tag('utm_content'),
  }
  return {
    page: kept.length === 0 ? pathname : `${pathname}?${new URLSearchParams(kept)}`,
    host: withoutWww(hostname),
    campaign,
    hasCampaign: Object.values(campaign).some((value) => value !== ''),
  }
}

function isCampaignTag(key: string): boolean {
  return key.startsWith('utm_') || key === 'ref' || key === 'source'
}

function withoutWww(hostname: string): string {
  return hostname.replace(/^www\./, '')
}

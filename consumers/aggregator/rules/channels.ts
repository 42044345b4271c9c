/** Through which kind of door visits come: the first rule that holds decides. */
import type { ChannelRule } from './document.ts'
import { hostMatcher } from './patterns.ts'

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

export function compileChannels(rules: readonly ChannelRule[]): (arrival: Arrival) => string {
  const compiled = rules.map((rule) => ({ channel: rule.channel, holds: compileRule(rule) }))
  return (arrival) => compiled.find(({ holds }) => holds(arrival))?.channel ?? plainChannel(arrival)
}

function compileRule({ medium, source, host, name }: ChannelRule): (arrival: Arrival) => boolean {
  const conditions: ((arrival: Arrival) => boolean)[] = []
  if (medium) conditions.push(({ medium: given }) => medium.includes(given))
  if (source) conditions.push(({ source: given }) => source.includes(given))
  if (host) {
    const matches = hostMatcher(host)
    conditions.push(({ host: given }) => matches(given))
  }
  if (name) {
    const names = new Set(name)
    conditions.push((arrival) => names.has(arrival.source) || hasLabel(arrival.host, names))
  }
  return (arrival) => conditions.every((holds) => holds(arrival))
}

/** What no rule names. */
function plainChannel({ source, host, isInternal }: Arrival): string {
  if (source !== '') return 'referral'
  if (isInternal) return 'internal'
  return host === '' ? 'direct' : 'referral'
}

/** All labels count but the last, which is a country or a kind of organisation. */
function hasLabel(host: string, wanted: ReadonlySet<string>): boolean {
  return host
    .split('.')
    .slice(0, -1)
    .some((label) => wanted.has(label))
}

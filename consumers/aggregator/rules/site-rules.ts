/** The rules of one site, compiled: what they say of a user agent, an address, an arrival. */
import type { Delivery } from '../../../stream/event.ts'
import { type Browser, browserOf, program } from '../browser.ts'
import type { Values } from '../dimension-value.ts'
import { type Page, pageOf } from '../page-values.ts'
import { addressOf, type Campaign, hostOf, mostAddresses } from '../place.ts'
import { Remembered } from '../remembered.ts'
import type { DimensionPair } from '../shapes/dimensions.ts'
import { shared } from '../shared-values.ts'
import { type Arrival, compileChannels } from './channels.ts'
import type { PageRule, RulesSection } from './document.ts'
import { hostMatcher, pageMatcher, userAgentMatcher } from './patterns.ts'

/** An address of the site, as its rules call it. */
export type Place = {
  page: Page
  host: string
  campaign: Campaign
  hasCampaign: boolean
  /** No public page: what happens there counts nowhere. */
  isInternal: boolean
}

/** What may tell one's own people from others. */
export const internalMarks = ['visitor', 'tag', 'network'] as const
export type InternalMark = (typeof internalMarks)[number]
export type SenderMarks = Pick<Delivery, InternalMark>

const minuteMs = 60_000
const mostHosts = 10_000
const mostUserAgents = 10_000

export class SiteRules {
  readonly visitTimeoutMs: number
  readonly channelOf: (arrival: Arrival) => string
  readonly #browsers: Remembered<Browser>
  readonly #visitors: ReadonlySet<string>
  readonly #tags: ReadonlySet<string>
  readonly #networks: ReadonlySet<string>
  readonly #places: Remembered<Place>
  /** Of visits without a campaign, by the host that they came from: another one, and the site's own. */
  readonly #origins: Remembered<Values>
  readonly #returns: Remembered<Values>

  constructor({ bots, internal, channels, pages, visitTimeoutMinutes }: RulesSection) {
    this.visitTimeoutMs = visitTimeoutMinutes * minuteMs
    this.channelOf = compileChannels(channels)
    const isBot = compileBots(bots)
    this.#browsers = new Remembered(mostUserAgents, (userAgent) => (isBot(userAgent) ? program : browserOf(userAgent)))
    this.#visitors = new Set(internal.visitors)
    this.#tags = new Set(internal.tags)
    this.#networks = new Set(internal.networks)
    const isInternalHost = hostMatcher(internal.hosts)
    const nameOf = compilePages(pages)
    this.#places = new Remembered(mostAddresses, (url): Place => {
      const { page, host, campaign, hasCampaign } = addressOf(url)
      return { page: pageOf(nameOf(page)), host, campaign, hasCampaign, isInternal: isInternalHost(host) }
    })
    this.#origins = new Remembered(mostHosts, (host) => this.#origin(noCampaign, host, false))
    this.#returns = new Remembered(mostHosts, (host) => this.#origin(noCampaign, host, true))
  }

  browserOf(userAgent: string): Browser {
    return this.#browsers.get(userAgent)
  }

  /** By what a delivery is told to be from one's own people, wherever they are on the site; undefined for others. */
  internalBy({ visitor, tag, network }: SenderMarks): InternalMark | undefined {
    if (visitor !== undefined && this.#visitors.has(visitor)) return 'visitor'
    if (tag !== undefined && this.#tags.has(tag)) return 'tag'
    if (network !== undefined && this.#networks.has(network)) return 'network'
    return undefined
  }

  placeOf(url: string): Place {
    return this.#places.get(url)
  }

  /** Where a visit came from that began at a place. */
  originOf({ host: ownHost, campaign, hasCampaign }: Place, referrer: string | undefined): Values {
    const host = referrer ? hostOf(referrer) : ''
    const isInternal = host === ownHost
    if (hasCampaign) return this.#origin(campaign, host, isInternal)
    return (isInternal ? this.#returns : this.#origins).get(host)
  }

  #origin(campaign: Campaign, host: string, isInternal: boolean): Values {
    const { source, medium } = campaign
    const values: DimensionPair[] = [
      ['referrer', source || (isInternal ? '' : host)],
      ['channel', this.channelOf({ source, medium, host, isInternal })],
    ]
    for (const name of ['source', 'medium', 'campaign', 'term', 'content'] as const)
      if (campaign[name]) values.push([name, campaign[name]])
    return shared(values)
  }
}

const noCampaign: Campaign = { source: '', medium: '', campaign: '', term: '', content: '' }

function compileBots(patterns: readonly string[]): (userAgent: string) => boolean {
  if (patterns.length === 0) return () => false
  const matchers = patterns.map(userAgentMatcher)
  return (userAgent) => matchers.some((matches) => matches(userAgent))
}

/** What a page is called by the first rule that matches; the result is not looked at again. */
function compilePages(rules: readonly PageRule[]): (page: string) => string {
  const compiled = rules.map((rule) => {
    const name = 'group' in rule ? rule.group : rule.rename
    const keepsRest = 'rename' in rule && rule.rename.endsWith('**')
    return { matches: pageMatcher(rule.match), name: keepsRest ? name.slice(0, -2) : name, keepsRest }
  })
  return (page) => {
    for (const { matches, name, keepsRest } of compiled) {
      const rest = matches(page)
      if (rest !== undefined) return keepsRest ? name + rest : name
    }
    return page
  }
}

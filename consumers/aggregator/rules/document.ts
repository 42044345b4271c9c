/**
 * Rules as data: what an owner may decide about how events count (docs/rules.md). A document has a section for all
 * sites and sections for single ones; `check.ts` says what is wrong with one, `rules.ts` makes it quick to ask.
 */

/**
 * Through which door a visit came, when all that is given holds; of each list, one entry has to.
 */
export type ChannelRule = {
  /** What the channel is called on the dashboard. */
  channel: string
  /** `utm_medium`, in lower case. */
  medium?: readonly string[]
  /** `utm_source` or what stands for it, in lower case. */
  source?: readonly string[]
  /** Host of the referrer without `www.`; `*.example.org` is any host below example.org. */
  host?: readonly string[]
  /** The source, or a label of the referrer's host other than its last: `google` is google.co.uk, whatever the country. */
  name?: readonly string[]
}

/** What pages are called: the first rule that matches decides. */
export type PageRule = { match: string } & ({ rename: string } | { group: string })

/** Traffic of one's own people: it counts in no figure. */
export type InternalRules = {
  /** Names of visitors, which are new every day, or after some weeks. */
  visitors: readonly string[]
  /** Hosts of pages that are no public ones, as in channel rules. */
  hosts: readonly string[]
  /** What pages call them (`data-tag`). */
  tags: readonly string[]
  /** Hashes of the networks that they are in, at sites that keep them. */
  networks: readonly string[]
}

export type RulesSection = {
  /** User agents that are programs' besides those that isbot knows. */
  bots: readonly string[]
  internal: InternalRules
  channels: readonly ChannelRule[]
  pages: readonly PageRule[]
  /** Inactivity that ends a visit. */
  visitTimeoutMinutes: number
}

/** Where a list of channels has this, the usual rules stand. */
export const usualChannelsMark = 'usual'

/** What stands in a file: everything that is left out is as usual. */
export type WrittenSection = {
  bots?: readonly string[]
  internal?: Partial<InternalRules>
  channels?: readonly (ChannelRule | typeof usualChannelsMark)[]
  pages?: readonly PageRule[]
  visitTimeoutMinutes?: number
}
export type WrittenRules = { all?: WrittenSection; sites?: Readonly<Record<string, WrittenSection>> }

/** Nothing left out. A site's lists come before those of all sites; its timeout stands in place of theirs. */
export type RulesDocument = { all: RulesSection; sites: Readonly<Record<string, Partial<RulesSection>>> }

/**
 * Rules that the fold asks: checked, filled in with what is usual, and compiled once. Equal rules have equal versions,
 * wherever and in whichever order their fields were written.
 */
import { hash } from 'node:crypto'
import { checkRules } from './check.ts'
import {
  type ChannelRule,
  type RulesDocument,
  type RulesSection,
  usualChannelsMark,
  type WrittenRules,
  type WrittenSection,
} from './document.ts'
import { SiteRules } from './site-rules.ts'
import { usualChannels, usualDocument } from './usual.ts'

export type Rules = {
  /** 12 hex digits: a hash of the document. */
  readonly version: string
  /** As data, with nothing left out: compiled again it gives the same version. */
  readonly document: RulesDocument
  /** Those of one site. */
  of(site: string): SiteRules
}

export type CompileResult = { ok: true; rules: Rules } | { ok: false; problems: string[] }

/** @param document as parsed JSON: a file of rules, or the `document` of compiled ones */
export function compileRules(document: unknown): CompileResult {
  const checked = checkRules(document)
  if (!checked.ok) return checked
  const completed = complete(checked.written)
  // It is the completed document that is kept, and read again by whoever counts: with the usual lists in it, it may be
  // too large where what was written was not.
  const readAgain = checkRules(completed)
  if (readAgain.ok) return { ok: true, rules: compile(completed) }
  return { ok: false, problems: readAgain.problems.map((problem) => `${problem}, with the usual rules in their place`) }
}

function complete({ all = {}, sites = {} }: WrittenRules): RulesDocument {
  return {
    all: { ...usualDocument.all, ...completeSection(all) } as RulesSection,
    sites: Object.fromEntries(Object.entries(sites).map(([site, section]) => [site, completeSection(section)])),
  }
}

function completeSection({ internal, channels, ...section }: WrittenSection): Partial<RulesSection> {
  return {
    ...section,
    ...(internal && { internal: { ...usualDocument.all.internal, ...internal } }),
    ...(channels && {
      channels: channels.flatMap((rule): readonly ChannelRule[] =>
        rule === usualChannelsMark ? usualChannels : [rule],
      ),
    }),
  }
}

function compile(document: RulesDocument): Rules {
  const { all } = document
  const everywhere = new SiteRules(all)
  const sites = new Map(
    Object.entries(document.sites).map(([site, section]) => [site, new SiteRules(together(section, all))]),
  )
  return {
    version: hash('sha256', canonical(document), 'hex').slice(0, 12),
    document,
    of: (site) => sites.get(site) ?? everywhere,
  }
}

/** A site's own lists come first; its timeout stands in place of that of all sites. */
function together(site: Partial<RulesSection>, all: RulesSection): RulesSection {
  return {
    bots: [...(site.bots ?? []), ...all.bots],
    internal: {
      visitors: [...(site.internal?.visitors ?? []), ...all.internal.visitors],
      hosts: [...(site.internal?.hosts ?? []), ...all.internal.hosts],
      tags: [...(site.internal?.tags ?? []), ...all.internal.tags],
      networks: [...(site.internal?.networks ?? []), ...all.internal.networks],
    },
    channels: [...(site.channels ?? []), ...all.channels],
    pages: [...(site.pages ?? []), ...all.pages],
    visitTimeoutMinutes: site.visitTimeoutMinutes ?? all.visitTimeoutMinutes,
  }
}

/**
 * Lists of rules that came later than the first documents were kept: empty, they are in no version, so that what was
 * kept before has the version that it is kept under.
 */
const laterLists: ReadonlySet<string> = new Set(['tags', 'networks'])

/** JSON with the fields of every object in order of their names. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (name, field: unknown) =>
    laterLists.has(name) && Array.isArray(field) && field.length === 0 ? undefined : inOrder(field),
  )
}

function inOrder(field: unknown): unknown {
  return typeof field === 'object' && field !== null && !Array.isArray(field)
    ? Object.fromEntries(Object.entries(field).sort(([a], [b]) => (a < b ? -1 : 1)))
    : field
}

/** What counts how unless an owner says otherwise. */
export const usualRules: Rules = compile(usualDocument)

/**
 * What of a site's traffic is its own people's, and what is a program's: a part of the rules (docs/rules.md), for who does not
 * write documents. It is read from those that hold last, and written by a cut from which on others hold, as
 * `npm run rules -- use` does.
 */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { S3Client } from '@aws-sdk/client-s3'
import { createObjects } from '../../runtime/objects.ts'
import { createCutStore, minCutAheadMs } from '../cuts.ts'
import { createRuleStore } from '../rules/rule-store.ts'
import { compileRules, type Rules, usualRules } from '../rules/rules.ts'
import { usualDocument } from '../rules/usual.ts'
import type { Cut } from './segments.ts'

export const exclusionKinds = ['tags', 'networks', 'hosts', 'programs'] as const
/** `programs`: patterns of user agents. */
export type Exclusions = Record<(typeof exclusionKinds)[number], readonly string[]>

/** From when they hold, epoch milliseconds, which may be some seconds ahead; undefined: from the beginning. */
export type HeldExclusions = { exclusions: Exclusions; since: number | undefined }

export type UseResult =
  | { outcome: 'used'; at: number }
  /** They hold already. */
  | { outcome: 'unchanged' }
  /** What is wrong with them, each with its place. */
  | { outcome: 'bad'; problems: string[] }
  | { outcome: 'too_many' }

export type ExclusionStore = {
  find(site: string): Promise<HeldExclusions>
  /** What arrives from `at` on counts by these; other sites, and the rest of this one's rules, stay as they are. */
  use(site: string, exclusions: Exclusions, now: number): Promise<UseResult>
}

export type ExclusionPlace = { dynamo: DynamoDBClient; tablePrefix: string; s3: S3Client; bucket: string }

/** The request takes its time, and clocks differ. */
const aheadMs = minCutAheadMs + 5000
const secondMs = 1000

export function createExclusionStore({ dynamo, tablePrefix, s3, bucket }: ExclusionPlace): ExclusionStore {
  const cutStore = createCutStore(dynamo, `${tablePrefix}control`)
  const ruleStore = createRuleStore(createObjects(s3, bucket))

  async function held(cuts: readonly Cut[]): Promise<{ rules: Rules; since: number | undefined }> {
    const last = cuts.findLast((cut) => cut.rules !== undefined)
    return { rules: last?.rules === undefined ? usualRules : await ruleStore.get(last.rules), since: last?.at }
  }

  return {
    async find(site) {
      const { rules, since } = await held((await cutStore.load()).cuts)
      return { exclusions: exclusionsOf(rules, site), since }
    },

    async use(site, exclusions, now) {
      while (true) {
        const { revision, cuts } = await cutStore.load()
        const { rules: before } = await held(cuts)
        if (isSame(exclusionsOf(before, site), exclusions)) return { outcome: 'unchanged' }
        const compiled = compileRules(documentWith(before, site, exclusions))
        if (!compiled.ok) return { outcome: 'bad', problems: compiled.problems }
        const { rules } = compiled
        await ruleStore.put(rules)
        // Behind every other: the last that names rules is the one that holds.
        const at = Math.max(Math.ceil((now + aheadMs) / secondMs) * secondMs, (cuts.at(-1)?.at ?? 0) + secondMs)
        const made = await cutStore.make({ at, rules: rules.version }, now, revision)
        if (made.outcome === 'made') return { outcome: 'used', at }
        if (made.outcome === 'too_many') return { outcome: 'too_many' }
        if (made.outcome !== 'overtaken') throw new Error(`a cut at ${at} could not be made: ${made.outcome}`)
        // What somebody else has changed meanwhile stays.
      }
    },
  }
}

function isSame(a: Exclusions, b: Exclusions): boolean {
  return exclusionKinds.every((kind) => JSON.stringify(a[kind]) === JSON.stringify(b[kind]))
}

function exclusionsOf({ document }: Rules, site: string): Exclusions {
  const { bots = [], internal } = Object.hasOwn(document.sites, site) ? (document.sites[site] ?? {}) : {}
  return {
    tags: internal?.tags ?? [],
    networks: internal?.networks ?? [],
    hosts: internal?.hosts ?? [],
    programs: bots,
  }
}

function documentWith({ document }: Rules, site: string, { programs, ...internal }: Exclusions): unknown {
  const section = Object.hasOwn(document.sites, site) ? (document.sites[site] ?? {}) : {}
  return {
    ...document,
    sites: Object.fromEntries([
      ...Object.entries(document.sites).filter(([name]) => name !== site),
      [
        site,
        {
          ...section,
          bots: programs,
          internal: { ...usualDocument.all.internal, ...section.internal, ...internal },
        },
      ],
    ]),
  }
}

/** Documents of rules in the bucket, each under its version: what was counted by them once can be counted so again. */
import { NoSuchKey } from '@aws-sdk/client-s3'
import type { Objects } from '../../runtime/objects.ts'
import { compileRules, type Rules, usualRules } from './rules.ts'

export type RuleStore = {
  /** Keeps rules, so that cuts and generations can name them by their version. */
  put(rules: Rules): Promise<void>
  /** @throws when there is no such version, or it cannot be read */
  get(version: string): Promise<Rules>
}

const keyOf = (version: string) => `rules/${version}.json`

export function createRuleStore(objects: Pick<Objects, 'get' | 'put'>): RuleStore {
  return {
    async put({ version, document }) {
      await objects.put(keyOf(version), Buffer.from(JSON.stringify(document)), { contentType: 'application/json' })
    },
    async get(version) {
      if (version === usualRules.version) return usualRules
      const key = keyOf(version)
      const bytes = await objects.get(key).catch((cause: unknown) => {
        throw cause instanceof NoSuchKey ? new Error(`there are no rules ${version}`, { cause }) : cause
      })
      const result = compileRules(JSON.parse(Buffer.from(bytes).toString()))
      if (!result.ok) throw new Error(`${key} is no document of rules: ${result.problems.join('; ')}`)
      if (result.rules.version !== version) throw new Error(`${key} holds the rules ${result.rules.version}`)
      return result.rules
    },
  }
}

/** The rules that cuts name, compiled. */
export async function rulesNamedIn(
  cuts: readonly { rules?: string }[],
  get: RuleStore['get'],
): Promise<Map<string, Rules>> {
  const versions = new Set(cuts.flatMap(({ rules }) => (rules === undefined ? [] : [rules])))
  return new Map(
    await Promise.all([...versions].map(async (version) => [version, await get(version)] as [string, Rules])),
  )
}

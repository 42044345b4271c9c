/** Lets what arrives from now on count by other rules: a cut, from which on they hold. */
import { createCutStore, minCutAheadMs } from '../../consumers/aggregator/cuts.ts'
import { createRuleStore } from '../../consumers/aggregator/rules/rule-store.ts'
import { type Rules, usualRules } from '../../consumers/aggregator/rules/rules.ts'
import type { ConsumerEnvironment } from '../../consumers/runtime/process.ts'
import { readRules } from './read-rules.ts'

type Environment = Pick<ConsumerEnvironment, 'clients' | 'objects' | 'table'>

/** The request takes its time, and clocks differ. */
const aheadMs = minCutAheadMs + 5000
const versionPattern = /^[0-9a-f]{12}$/

/**
 * @param named a file, a version that is kept, or `usual`
 * @returns what was done, for people
 * @throws when there are no such rules
 */
export async function useRules({ clients, objects, table }: Environment, named: string, now: number): Promise<string> {
  const store = createRuleStore(objects)
  const rules = await find(named, store)
  await store.put(rules)
  const at = Math.ceil((now + aheadMs) / 1000) * 1000
  const result = await createCutStore(clients.dynamo, table('control')).make({ at, rules: rules.version }, now)
  if (result.outcome !== 'made') throw new Error('the cut could not be made: try again')
  return `What arrives from ${new Date(at).toISOString()} on counts by the rules ${rules.version}.`
}

async function find(named: string, store: ReturnType<typeof createRuleStore>): Promise<Rules> {
  if (named === 'usual') return usualRules
  if (!versionPattern.test(named)) return readRules(named)
  return store.get(named)
}

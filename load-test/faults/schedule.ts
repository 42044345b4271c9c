/**
 * Which rules apply to a request: pure but for the draws, which are seeded. Each rule draws from a sequence of its
 * own, so that the n-th request that a rule looks at meets the same fate whatever the other rules are.
 */
import { type Random, seededRandom } from '../random.ts'
import type { FaultRule } from './rules.ts'

export type RuleCount = {
  rule: FaultRule
  /** Requests that it applied to. */
  times: number
  /** Entries refused, for `partial`. */
  entries?: number
}

/** A fault that decides what becomes of a request; a delay only puts it off. */
export type Fault = { kind: Exclude<FaultRule['kind'], 'delay' | 'partial'> } | PartialFault
export type PartialFault = { kind: 'partial'; refuses: () => boolean }
export type Plan = { delayMs: number; fault: Fault | undefined }

export type Schedule = {
  /** Rules are gone through in their order: delays add up, and the first other fault that applies decides. */
  plan(operation: string, elapsedSeconds: number): Plan
  counts(): RuleCount[]
}

export function createSchedule(rules: readonly FaultRule[], seed: number): Schedule {
  const entries = rules.map((rule, i) => ({
    rule,
    random: seededRandom(seed + i),
    count: { rule, times: 0, ...(rule.kind === 'partial' && { entries: 0 }) } as RuleCount,
  }))

  return {
    plan(operation, elapsedSeconds) {
      const plan: Plan = { delayMs: 0, fault: undefined }
      for (const { rule, random, count } of entries) {
        if (!concerns(rule, operation) || !applies(rule, random, elapsedSeconds)) continue
        count.times += 1
        if (rule.kind === 'delay') {
          plan.delayMs += rule.ms
          continue
        }
        plan.fault = rule.kind === 'partial' ? partial(rule.share, random, count) : { kind: rule.kind }
        break
      }
      return plan
    },
    counts: () => entries.map(({ count }) => ({ ...count })),
  }
}

function concerns(rule: FaultRule, operation: string): boolean {
  const wanted = rule.kind === 'partial' ? 'PutRecords' : rule.operation
  return wanted === undefined || wanted === operation
}

function applies({ when = 'always' }: FaultRule, random: Random, elapsedSeconds: number): boolean {
  if (when === 'always') return true
  const { probability, between, every } = when
  if (between && (elapsedSeconds < between[0] || elapsedSeconds >= between[1])) return false
  // At the end of each period: what has just been set up can be seen to work before it is made to fail.
  if (every && elapsedSeconds % every[0] < every[0] - every[1]) return false
  return probability === undefined || random() < probability
}

function partial(share: number, random: Random, count: RuleCount): PartialFault {
  return {
    kind: 'partial',
    refuses() {
      const refused = random() < share
      if (refused) count.entries = (count.entries ?? 0) + 1
      return refused
    },
  }
}

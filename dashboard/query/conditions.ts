/**
 * What figures are asked under, as it stands in addresses: `page:/pricing` is this value, `page~/docs/` contains it,
 * `page~~^/docs/` matches it as a regular expression; with `!` in front, it does not. Of conditions on one dimension one
 * has to hold, of different dimensions all; those with `!` all.
 */
import { type Filter, filterDimensions } from './filter.ts'

export type Comparison = 'is' | 'contains' | 'matches'
export type Condition = Filter & { by: Comparison; negated: boolean }

export type ConditionResult = { ok: true; condition: Condition } | { ok: false; message: string }

/** More nobody reads, and an address would not take them. */
export const mostConditions = 20
const marks: Record<Comparison, string> = { is: ':', contains: '~', matches: '~~' }
const pattern = /^(!?)([A-Za-z]+)(:|~~|~)(.*)$/s

export function parseCondition(text: string): ConditionResult {
  const [, not = '', name, mark, value = ''] = pattern.exec(text) ?? []
  const dimension = filterDimensions.find((candidate) => candidate === name)
  if (!dimension)
    return {
      ok: false,
      message: `filter must be DIMENSION:VALUE, DIMENSION~PART or DIMENSION~~PATTERN, with ! in front for what it is not, of ${filterDimensions.join(', ')}`,
    }
  const by: Comparison = mark === '~' ? 'contains' : mark === '~~' ? 'matches' : 'is'
  if (by !== 'is' && value === '') return { ok: false, message: `filter by ${dimension} needs something to look for` }
  return { ok: true, condition: { dimension, value, by, negated: not === '!' } }
}

/** As it stands in addresses. */
export function writeCondition({ dimension, value, by, negated }: Condition): string {
  return `${negated ? '!' : ''}${dimension}${marks[by]}${value}`
}

/** With one more: it is this value. One that says the same, or the opposite of it, makes room. */
export function withFilter(conditions: readonly Condition[], { dimension, value }: Filter): Condition[] {
  const others = conditions.filter((each) => each.by !== 'is' || each.dimension !== dimension || each.value !== value)
  return [...others, { dimension, value, by: 'is', negated: false }]
}

/** The one value that all of them come to; undefined when they are more than that. */
export function plainFilter(conditions: readonly Condition[]): Filter | undefined {
  const [only, ...others] = conditions
  if (!only || others.length > 0 || only.by !== 'is' || only.negated) return undefined
  return { dimension: only.dimension, value: only.value }
}

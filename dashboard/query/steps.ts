/**
 * What a goal is reached by and what funnels go through, as it stands in addresses: `page:/thanks` is a view of this page,
 * `page~thanks` of one that contains it, `page~~^/thanks` of one that matches it; so `target` of what is clicked, and `event`.
 * A `property` is of an event, whole: `EVENT NUL KEY NUL VALUE`, as breakdowns have it.
 */
import type { Comparison } from './conditions.ts'

export const stepKinds = ['page', 'target', 'event', 'property'] as const
export type StepKind = (typeof stepKinds)[number]
export type Step = { on: StepKind; by: Comparison; value: string }

export type StepResult = { ok: true; step: Step } | { ok: false; message: string }

export const maxStepLength = 2100
const marks: Record<Comparison, string> = { is: ':', contains: '~', matches: '~~' }
const pattern = /^(page|target|event|property)(:|~~|~)(.+)$/s

export function parseStep(text: string): StepResult {
  const [, on, mark, value = ''] = pattern.exec(text) ?? []
  if (on === undefined)
    return {
      ok: false,
      message: 'a step must be KIND:VALUE, KIND~PART or KIND~~PATTERN, of page, target, event, property',
    }
  if (on === 'property' && (mark !== ':' || value.split('\u0000').length !== 3))
    return { ok: false, message: 'a step by property must be property:EVENT NUL KEY NUL VALUE' }
  const by: Comparison = mark === '~' ? 'contains' : mark === '~~' ? 'matches' : 'is'
  return { ok: true, step: { on: on as StepKind, by, value } }
}

/** As it stands in addresses. */
export function writeStep({ on, by, value }: Step): string {
  return `${on}${marks[by]}${value}`
}

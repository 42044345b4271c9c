/** Steps in words, and between the fields of a form and what addresses hold. */
import { parseStep, type Step, writeStep } from '../../../query/steps.ts'
import { aimTexts } from './texts.ts'

/** As a form has it: a property is three texts. */
export type StepDraft = Pick<Step, 'on' | 'by'> & { value: string; key: string; keyValue: string }

export const emptyDraft: StepDraft = { on: 'page', by: 'is', value: '', key: '', keyValue: '' }

/** @param text one that this version may not understand */
export function toDraft(text: string): StepDraft {
  const result = parseStep(text)
  if (!result.ok) return emptyDraft
  const { on, by, value } = result.step
  if (on !== 'property') return { ...emptyDraft, on, by, value }
  const [event = '', key = '', keyValue = ''] = value.split('\u0000')
  return { on, by, value: event, key, keyValue }
}

/** Undefined where something is missing. */
export function fromDraft({ on, by, value, key, keyValue }: StepDraft): string | undefined {
  if (value === '' || (on === 'property' && (key === '' || keyValue === ''))) return undefined
  return on === 'property'
    ? writeStep({ on, by: 'is', value: [value, key, keyValue].join('\u0000') })
    : writeStep({ on, by, value })
}

export function stepWords(text: string): string {
  const { on, by, value, key, keyValue } = toDraft(text)
  if (on === 'property') return `${value}: ${key} = ${keyValue}`
  const told = value.replace('\u0000', ' · ')
  return by === 'is' ? told : `${aimTexts.what[on]} ${aimTexts.hows[by]} ${told}`
}

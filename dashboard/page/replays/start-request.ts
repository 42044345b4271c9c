/** What the form asks for, and what is wrong with it, by field. */
import type { ReplayAnswer } from '../../answers.ts'
import type { RequestError } from '../state/client.ts'
import { isDate } from '../state/period.ts'
import { replayTexts } from './texts.ts'

export type StartFields = {
  all: boolean
  sites: readonly string[]
  from: string
  to: string
  source: ReplayAnswer['source']
  rules: string
}
export type StartField = 'sites' | 'from' | 'to' | 'source' | 'rules'
export type StartProblems = Partial<Record<StartField | 'form', string>>

const words = replayTexts.form.problems

/** @param today UTC day */
export function problemsOf({ all, sites, from, to, rules }: StartFields, today: string): StartProblems {
  const problems: StartProblems = {}
  if (!all && sites.length === 0) problems.sites = words.sites
  if (!isDate(from)) problems.from = words.day
  else if (from > today) problems.from = words.future
  if (!isDate(to)) problems.to = words.day
  else if (to > today) problems.to = words.future
  else if (!problems.from && to < from) problems.to = words.order
  if (!/^[\w.-]{0,64}$/.test(rules)) problems.rules = words.rules
  return problems
}

/** The body of the request. */
export function requestOf({ all, sites, from, to, source, rules }: StartFields) {
  return { from, to, source, ...(all ? {} : { sites }), ...(rules === '' ? {} : { rules }) }
}

/** The API's sentence names the field that it means: `to must not lie in the future`. */
export function problemOfRefusal({ sentence, message }: Pick<RequestError, 'sentence' | 'message'>): StartProblems {
  const named = /^(?:body\/)?(sites|from|to|source|rules)\b/.exec(sentence)?.[1] as StartField | undefined
  return { [named ?? 'form']: message }
}

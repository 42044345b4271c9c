/**
 * Checks one event of a request. A bad event rejects itself, never its neighbours, and messages name the field,
 * never its value: nothing of the input is reflected.
 */
import type { ClickTarget, EventProps, EventType, TrackedEvent } from './event.ts'
import { eventTypes } from './event.ts'
import { limits } from './limits.ts'
import { cleanReferrer, cleanUrl } from './page-url.ts'

export type RejectionCode = 'not_an_object' | 'unknown_type' | 'missing_field' | 'bad_field' | 'bad_url' | 'too_large'

export type Rejection = { code: RejectionCode; message: string }
export type EventCheck = { ok: true; event: TrackedEvent } | ({ ok: false } & Rejection)

/** `undefined` when fine, else what the field must be. */
type Check = (value: unknown) => string | undefined
type Fields = readonly (readonly [name: string, check: Check])[]

const text =
  (maxLength: number): Check =>
  (value) =>
    typeof value === 'string' && value.length <= maxLength
      ? undefined
      : `must be a text of at most ${maxLength} characters`
const number =
  (min: number, max: number): Check =>
  (value) =>
    typeof value === 'number' && value >= min && value <= max ? undefined : `must be a number from ${min} to ${max}`
const integer =
  (min: number, max: number): Check =>
  (value) =>
    Number.isInteger(value) && (value as number) >= min && (value as number) <= max
      ? undefined
      : `must be an integer from ${min} to ${max}`

const loadPattern = /^[0-9a-f]{16}$/
/** Pixels: no screen and hardly a page is larger, and coordinates can be negative in right-to-left pages. */
const pixels = number(-1_000_000, 1_000_000)
/** The year 9999, and with it everything that a date can be printed of. */
const maxTime = 253_402_300_799_999

/** The fields that every event must have, besides `type`. */
const required: Fields = Object.entries({
  load: (value) =>
    typeof value === 'string' && loadPattern.test(value) ? undefined : 'must be 16 hex digits, lower case',
  n: integer(0, 1_000_000),
  at: integer(0, maxTime),
  url: text(2048),
})

const optional: Fields = Object.entries({
  referrer: text(2048),
  title: text(512),
  name: text(128),
  engagedMs: number(0, 86_400_000),
  scroll: number(0, 100),
  vw: pixels,
  vh: pixels,
})

const targetFields: Fields = Object.entries({
  text: text(256),
  href: text(2048),
  x: pixels,
  y: pixels,
  vw: pixels,
  vh: pixels,
  pageX: pixels,
  pageY: pixels,
  docW: pixels,
  docH: pixels,
})

const maxProps = 32
const propKey = text(64)
const propText = text(512)
const types: ReadonlySet<unknown> = new Set(eventTypes)

/**
 * @param value one entry of a request's `events`, as parsed
 * @param keepParams query parameters that the site lists (see `cleanUrl`)
 * @returns the event with known fields only and addresses cleaned; its size is checked where it is written
 */
export function checkEvent(value: unknown, keepParams: readonly string[]): EventCheck {
  if (!isObject(value)) return reject('not_an_object', 'an event is a JSON object')
  if (!types.has(value.type)) return reject('unknown_type', `type must be one of ${eventTypes.join(', ')}`)

  const event: Record<string, unknown> = { type: value.type as EventType }
  for (const [field, check] of required) {
    const given = value[field]
    if (given === undefined) return reject('missing_field', `${field} is missing`)
    const problem = check(given)
    if (problem) return reject('bad_field', `${field} ${problem}`)
    event[field] = given
  }
  for (const [field, check] of optional) {
    const given = value[field]
    if (isAbsent(given)) continue
    const problem = check(given)
    if (problem) return reject('bad_field', `${field} ${problem}`)
    event[field] = given
  }

  const url = cleanUrl(value.url as string, keepParams)
  if (url === undefined) return reject('bad_url', 'url must be an absolute http or https address')
  event.url = url
  // A referrer that is no web address is no reason to lose the page view: it is left out.
  if (event.referrer !== undefined) event.referrer = cleanReferrer(event.referrer as string)

  if (!isAbsent(value.target)) {
    const target = checkTarget(value.target, keepParams)
    if (typeof target === 'string') return reject('bad_field', target)
    event.target = target
  }
  if (!isAbsent(value.props)) {
    const props = checkProps(value.props)
    if (typeof props === 'string') return reject('bad_field', props)
    event.props = props
  }

  return { ok: true, event: event as TrackedEvent }
}

/** What an event takes as JSON is known when it is written; see `limits.eventBytes`. */
export const tooLarge: Rejection = {
  code: 'too_large',
  message: `an event may take ${limits.eventBytes} bytes as JSON`,
}

/** The target, or what is wrong with it. */
function checkTarget(value: unknown, keepParams: readonly string[]): ClickTarget | string {
  if (!isObject(value)) return 'target must be an object'
  const problem = text(512)(value.selector)
  if (problem) return `target.selector ${problem}`
  const target: Record<string, unknown> = { selector: value.selector }
  for (const [field, check] of targetFields) {
    const given = value[field]
    if (isAbsent(given)) continue
    const fieldProblem = check(given)
    if (fieldProblem) return `target.${field} ${fieldProblem}`
    target[field] = given
  }
  if (typeof target.href === 'string') target.href = cleanHref(target.href, keepParams)
  return target as ClickTarget
}

/** Links to pages are cleaned as pages are; of others (mailto:, tel:) only the kind is kept. */
function cleanHref(href: string, keepParams: readonly string[]): string | undefined {
  const cleaned = cleanUrl(href, keepParams)
  if (cleaned !== undefined) return cleaned
  const scheme = /^([a-z][a-z0-9+.-]{0,31}):/i.exec(href)?.[1]
  return scheme === undefined ? undefined : `${scheme.toLowerCase()}:`
}

function checkProps(value: unknown): EventProps | string {
  if (!isObject(value)) return 'props must be an object'
  const keys = Object.keys(value)
  if (keys.length > maxProps) return `props may have ${maxProps} entries`
  for (const key of keys) {
    if (propKey(key)) return 'a key of props may have 64 characters'
    const prop = value[key]
    // What JSON makes of a number that is none.
    if (prop === null) continue
    const plain = typeof prop === 'boolean' || (typeof prop === 'number' && Number.isFinite(prop)) || !propText(prop)
    if (!plain) return 'a value of props must be a text of at most 512 characters, a number, true or false'
  }
  const isWhole = keys.every((key) => value[key] !== null)
  // From entries: a property may be called `__proto__`.
  return (isWhole ? value : Object.fromEntries(Object.entries(value).filter(([, prop]) => prop !== null))) as EventProps
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** `null` and `undefined` both mean that a page left a field out. */
function isAbsent(value: unknown): boolean {
  return value === undefined || value === null
}

function reject(code: RejectionCode, message: string): { ok: false } & Rejection {
  return { ok: false, code, message }
}

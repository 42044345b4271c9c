/**
 * What can go wrong between us and a store, as data: a rule says what, when, and for which operation. Rules come from
 * tests as values and from the command line as JSON, so both are checked here, in one place.
 */

/**
 * When a rule applies: `always`, or where all that is given holds: with a probability; during a stretch of time
 * (seconds since the rules were set); at the end of each period, for as many seconds as it lasts.
 */
export type When =
  | 'always'
  | {
      probability?: number
      between?: readonly [from: number, to: number]
      every?: readonly [period: number, lasts: number]
    }

type Common = {
  /** Default: always. */
  when?: When
  /** The end of `x-amz-target` (`PutRecords`, `GetItem`), or the HTTP method for S3, which has none. Default: any. */
  operation?: string
}

export type FaultRule = Common &
  (
    | { kind: 'throttle' }
    /** Each entry of a PutRecords is refused with the probability `share`; the others go through. */
    | { kind: 'partial'; share: number }
    /** Waits before whatever comes next. */
    | { kind: 'delay'; ms: number }
    /** The connection is reset before the store sees the request. */
    | { kind: 'refuse' }
    | { kind: 'error500' }
    /** The store does what was asked; then the connection is reset instead of answered. */
    | { kind: 'lostAnswer' }
  )

/** Its message is all that whoever wrote the rule needs. */
export class RuleError extends Error {
  readonly code = 'bad_rule'
}

const kinds = ['throttle', 'partial', 'delay', 'refuse', 'error500', 'lostAnswer'] as const
/** Longer than any client waits: beyond it, a delay is a refusal. */
const maxDelayMs = 600_000

/**
 * @param text a rule as JSON
 * @throws RuleError
 */
export function parseRule(text: string): FaultRule {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // Not JSON at all: said below, as for JSON that is something else.
  }
  return checkRule(value)
}

/**
 * @param value a rule as a value, perhaps
 * @returns the same, known to be one
 * @throws RuleError naming what is wrong and what would be right
 */
export function checkRule(value: unknown): FaultRule {
  if (!isObject(value)) throw new RuleError('a rule must be a JSON object such as {"kind":"throttle"}')
  const kind = kinds.find((candidate) => candidate === value.kind)
  if (!kind) throw new RuleError(`kind must be one of ${kinds.join(', ')}`)
  const own = kind === 'partial' ? ['share'] : kind === 'delay' ? ['ms'] : []
  refuseUnknown(value, ['kind', 'when', 'operation', ...own], `a ${kind} rule`)

  if (kind === 'partial') {
    if (!isBetween(value.share, 0, 1)) throw new RuleError('share must be a number from 0 to 1')
    if (value.operation !== undefined && value.operation !== 'PutRecords')
      throw new RuleError('a partial rule is for PutRecords, the only operation whose entries can fail one by one')
  }
  if (kind === 'delay' && !isBetween(value.ms, 0, maxDelayMs))
    throw new RuleError(`ms must be a number from 0 to ${maxDelayMs}`)
  if (value.operation !== undefined && (typeof value.operation !== 'string' || value.operation === ''))
    throw new RuleError('operation must be a name such as PutRecords, or an HTTP method such as PUT for S3')
  if (value.when !== undefined) checkWhen(value.when)
  return value as FaultRule
}

function checkWhen(when: unknown): void {
  if (when === 'always') return
  if (!isObject(when) || Object.keys(when).length === 0)
    throw new RuleError(
      'when must be "always", {"probability": P}, {"between": [FROM, TO]}, {"every": [PERIOD, LASTS]} or several of these in one',
    )
  refuseUnknown(when, ['probability', 'between', 'every'], 'when')
  const { probability, between, every } = when
  if (probability !== undefined && !isBetween(probability, 0, 1))
    throw new RuleError('probability must be a number from 0 to 1')
  const [from, to] = pair(between)
  if (
    between !== undefined &&
    (!isBetween(from, 0, Number.MAX_VALUE) || !isBetween(to, 0, Number.MAX_VALUE) || from >= to)
  )
    throw new RuleError('between must be two numbers of seconds, the first below the second')
  const [period, lasts] = pair(every)
  if (every !== undefined && (!isBetween(period, Number.MIN_VALUE, Number.MAX_VALUE) || !isBetween(lasts, 0, period)))
    throw new RuleError('every must be two numbers of seconds: a period, and how long of it the rule applies')
}

function pair(value: unknown): readonly unknown[] {
  return Array.isArray(value) && value.length === 2 ? value : []
}

function refuseUnknown(value: Record<string, unknown>, known: readonly string[], what: string): void {
  const unknown = Object.keys(value).find((name) => !known.includes(name))
  if (unknown !== undefined) throw new RuleError(`${what} has no "${unknown}"; it has ${known.join(', ')}`)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isBetween(value: unknown, min: number, max: number): value is number {
  return typeof value === 'number' && value >= min && value <= max
}

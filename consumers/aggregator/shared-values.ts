/** Lists of values are shared: a million visits have some thousand different ones. */
import type { Values } from './page-values.ts'
import { Remembered } from './remembered.ts'
import type { DimensionValue } from './shapes/dimensions.ts'

const lists = new Remembered(20_000, (json) => JSON.parse(json) as DimensionValue[])

/** The one list with these values. */
export function shared(values: Values): Values {
  return lists.get(JSON.stringify(values))
}

/** Pairs by their halves. A visit has one; some hundred technologies go with some hundred origins. */
const pairs = new WeakMap<Values, Map<Values, readonly [Values, Values]>>()
/** Origins remembered for a technology: campaigns can be many. */
const mostSeconds = 2000

/** What a visit has that is not known to be one: nothing says where it came from. */
const nothing: Values = []

/** The one pair of these lists. */
export function sharedPair(first: Values, second = nothing): readonly [Values, Values] {
  let bySecond = pairs.get(first)
  if (!bySecond) {
    bySecond = new Map()
    pairs.set(first, bySecond)
  }
  const known = bySecond.get(second)
  if (known) return known
  if (bySecond.size >= mostSeconds) bySecond.clear()
  const pair = [first, second] as const
  bySecond.set(second, pair)
  return pair
}

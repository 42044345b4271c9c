/** Lists of values are shared: a million visits have some thousand different ones. */
import { DimensionValue, SharedValues, type Values } from './dimension-value.ts'
import { Remembered } from './remembered.ts'
import type { DimensionPair } from './shapes/dimensions.ts'

const lists = new Remembered(
  20_000,
  (json): Values => (JSON.parse(json) as DimensionPair[]).map((pair) => new DimensionValue(...pair)),
)

/** The one list with these values. */
export function shared(pairs: readonly DimensionPair[]): Values {
  return lists.get(JSON.stringify(pairs))
}

/** Pairs by their halves. A visit has one; some hundred technologies go with some hundred origins. */
const pairs = new WeakMap<Values, Map<Values, SharedValues>>()
/** Origins remembered for a technology: campaigns can be many. */
const mostSeconds = 2000

/** What a visit has that is not known to be one: nothing says where it came from. */
const nothing: Values = []

/** The one pair of these lists. */
export function sharedPair(first: Values, second = nothing): SharedValues {
  let bySecond = pairs.get(first)
  if (!bySecond) {
    bySecond = new Map()
    pairs.set(first, bySecond)
  }
  const known = bySecond.get(second)
  if (known) return known
  if (bySecond.size >= mostSeconds) bySecond.clear()
  const pair = new SharedValues([first, second])
  bySecond.set(second, pair)
  return pair
}

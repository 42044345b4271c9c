/** Which keys do what. One key, or two after another: `g` and then where to. Pure. */
import type { PeriodName } from '../state/period.ts'
import type { View } from '../state/view.ts'

/** Controls name their key by these. */
export const periodKey = 'c'
export const compareKey = 'x'
export const siteKey = '/'
export const noteKey = 'n'

type ControlKey = typeof periodKey | typeof compareKey | typeof siteKey | typeof noteKey

export type Action =
  | { type: 'period'; period: Exclude<PeriodName, 'custom'> }
  | { type: 'live' }
  | { type: 'page'; page: View['page'] }
  /** Presses the control that says in `aria-keyshortcuts` that it is meant. */
  | { type: 'press'; control: ControlKey }
  | { type: 'theme' }
  | { type: 'sheet' }

export type Shortcut = { keys: readonly [string, ...string[]]; action: Action }

const period = (key: string, name: Exclude<PeriodName, 'custom'>): Shortcut => ({
  keys: [key],
  action: { type: 'period', period: name },
})
const press = (key: ControlKey): Shortcut => ({ keys: [key], action: { type: 'press', control: key } })

/** In the order in which the help sheet shows them. */
export const shortcuts = {
  periods: [
    period('d', 'today'),
    { keys: ['r'], action: { type: 'live' } },
    period('e', 'yesterday'),
    period('w', '7d'),
    period('t', '30d'),
    period('m', 'month'),
    period('y', '12mo'),
    period('a', 'all'),
    press(periodKey),
    press(compareKey),
  ],
  pages: [
    press(siteKey),
    { keys: ['g', 'o'], action: { type: 'page', page: 'site' } },
    { keys: ['g', 'x'], action: { type: 'page', page: 'explore' } },
    { keys: ['g', 'a'], action: { type: 'page', page: 'anomalies' } },
    { keys: ['g', 'p'], action: { type: 'page', page: 'pipeline' } },
    { keys: ['g', 'r'], action: { type: 'page', page: 'replays' } },
    { keys: ['g', 's'], action: { type: 'page', page: 'settings' } },
  ],
  chart: [press(noteKey)],
  rest: [
    { keys: ['b'], action: { type: 'theme' } },
    { keys: ['?'], action: { type: 'sheet' } },
  ],
} as const satisfies Record<string, readonly Shortcut[]>

const all: readonly Shortcut[] = Object.values(shortcuts).flat()

/** The second key must follow within this time, or the first was pressed for nothing. */
const sequenceMs = 1500

/** The first key of two, while the second may come. */
export type Pending = { key: string; at: number } | undefined

/** @param at milliseconds of any clock that only goes forward */
export function readKey(pending: Pending, key: string, at: number): { action?: Action; pending: Pending } {
  const first = pending && at - pending.at <= sequenceMs ? [pending.key] : []
  const pressed = [...first, key]
  const found = all.find(({ keys }) => keys.join(' ') === pressed.join(' '))
  if (found) return { action: found.action, pending: undefined }
  const begins = all.some(({ keys }) => keys.length > 1 && keys[0] === key)
  return { pending: begins ? { key, at } : undefined }
}

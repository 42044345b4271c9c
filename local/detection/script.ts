/** What happens to a simulated site, and when: pure. */
import { between, type Random } from '../../load-test/random.ts'
import { type Disturbance, dayMs, firstAt, minuteMs, undisturbed } from './traffic.ts'

export const incidentKinds = [
  'doubled',
  'silent',
  'sourceGone',
  'clickFlood',
  'errorBurst',
  'robots',
  'oneNetwork',
  'drift',
] as const
export type IncidentKind = (typeof incidentKinds)[number]

/** Epoch milliseconds; incidents begin anywhere within a minute. */
export type Scripted = { kind: IncidentKind; from: number; to: number }

const secondMs = 1000
const hourMs = 60 * minuteMs
/** Hours in which incidents begin. */
const slots = [
  [7, 12],
  [15, 21],
] as const
export const driftNightMs = 7 * hourMs

/** One of each, in the second week, in an order and at times of day that chance decides. */
export function scriptOf(random: Random): Scripted[] {
  const days = [7, 8, 9, 10, 11, 12, 13]
  const kinds = shuffled(random, [...incidentKinds])
  // The drift is slow: it has a day and the night after it.
  const others = kinds.filter((kind) => kind !== 'drift')
  const driftDay = 10 + between(random, 0, 1)
  const rest = days.filter((day) => day !== driftDay && day !== driftDay + 1)
  const drift: Scripted = { kind: 'drift', from: at(driftDay, 7 * hourMs), to: at(driftDay, 24 * hourMs) }
  return [
    ...others.map((kind, i): Scripted => {
      // Two a day, with hours between them.
      const [earliest, latest] = slots[Math.floor(i / rest.length)] as (typeof slots)[number]
      const from = at(rest[i % rest.length] as number, between(random, earliest * 3600, latest * 3600) * secondMs)
      return { kind, from, to: from + between(random, 20, 90) * minuteMs }
    }),
    drift,
  ].sort((a, b) => a.from - b.from)
}

/** What the script does to a minute, by how much of it. */
export function disturbanceOf(script: readonly Scripted[], minute: number): Disturbance {
  const begin = firstAt + minute * minuteMs
  const result = { ...undisturbed }
  for (const { kind, from, to } of script) {
    const lasts = kind === 'drift' ? to + driftNightMs : to
    const share = Math.max(0, Math.min(lasts, begin + minuteMs) - Math.max(from, begin)) / minuteMs
    if (share === 0) continue
    if (kind === 'doubled') result.traffic *= 1 + share
    else if (kind === 'silent') result.traffic *= 1 - share
    else if (kind === 'sourceGone') result.withoutSource = share > 0.5 ? 'google.com' : undefined
    else if (kind === 'clickFlood') result.extraClicks += 400 * share
    else if (kind === 'robots') result.extraRobots += 150 * share
    else if (kind === 'oneNetwork') result.extraOfNetwork += 80 * share
    else if (kind === 'errorBurst') result.extraErrors += 60 * share
    else result.traffic *= 1 - 0.6 * driftAt((begin - from) / hourMs)
  }
  return result
}

/** Down to less than half within half a day, and up again within the night. */
function driftAt(hours: number): number {
  return hours < 17 ? Math.min(1, hours / 12) : Math.max(0, 1 - (hours - 17) / 7)
}

function at(day: number, timeOfDay: number): number {
  return firstAt + day * dayMs + timeOfDay
}

function shuffled<T>(random: Random, values: T[]): T[] {
  for (let i = values.length - 1; i > 0; i--) {
    const j = between(random, 0, i)
    ;[values[i], values[j]] = [values[j] as T, values[i] as T]
  }
  return values
}

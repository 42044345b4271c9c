/** What `POST /api/replays` takes. */
import { utcDay } from '../../consumers/aggregator/shapes/cell-key.ts'
import { type ReplaySourceKind, replaySources } from '../../consumers/replay/shapes/generations.ts'
import { sitePattern } from '../../stream/site.ts'
import type { Schema } from './schemas.ts'

export type ReplayBody = {
  sites?: readonly string[]
  from: string
  to: string
  source: ReplaySourceKind
  rules?: string
}

/** A generation names each of its segments, in one item of 400 KB; nobody keeps an archive for longer. */
const maxDays = 3660
const dayMs = 86_400_000

const day = (description: string): Schema => ({ type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\d$', description })

export const replayBodySchema: Schema = {
  type: 'object',
  required: ['from', 'to'],
  additionalProperties: false,
  properties: {
    sites: {
      type: 'array',
      minItems: 1,
      maxItems: 1000,
      uniqueItems: true,
      items: { type: 'string', pattern: sitePattern },
      description: 'Without it: all sites',
    },
    from: day('First UTC day of arrival'),
    to: day('Last UTC day of arrival, included'),
    source: { type: 'string', enum: replaySources, default: 'auto', description: 'Where the events are read from' },
    rules: {
      type: 'string',
      pattern: '^[\\w.-]{1,64}$',
      description: 'Version of the rules; without it: those that held when the events arrived',
    },
  },
}

/** @returns what the schema cannot say; undefined when nothing is wrong */
export function problemOf(
  { from, to, sites }: ReplayBody,
  known: ReadonlySet<string>,
  now: number,
): string | undefined {
  if (!isDay(from) || !isDay(to)) return 'from and to must be days of the calendar'
  if (from > to) return 'from must not be after to'
  if (to > utcDay(now)) return 'to must not lie in the future'
  if (Date.parse(to) - Date.parse(from) >= maxDays * dayMs) return `a replay may have ${maxDays} days`
  if (sites && !sites.every((site) => known.has(site))) return 'sites must be names of sites'
  return undefined
}

function isDay(text: string): boolean {
  const at = Date.parse(`${text}T00:00Z`)
  return !Number.isNaN(at) && utcDay(at) === text
}

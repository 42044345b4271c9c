/** What `POST /api/sites` takes, and what a site that is there is changed by. */
import { type RememberedWeeks, rememberedWeeks } from '../../stream/remembered.ts'
import { type Site, sitePattern } from '../../stream/site.ts'
import { isTimeZone } from '../query/time-zone.ts'
import type { Schema } from './schemas.ts'

export type SiteBody = Pick<Site, 'site' | 'name'> &
  Partial<Pick<Site, 'origins' | 'timeZone' | 'queryParams' | 'strict' | 'network'>>

const networkDescription =
  'Keep 4 hex digits of a hash of the network that each visitor is in, the same on every day, for rules to go by'

const changeable = {
  name: { type: 'string', minLength: 1, maxLength: 128 },
  origins: {
    type: 'array',
    maxItems: 100,
    items: { type: 'string', maxLength: 256 },
    description: 'Origins that may post events, such as https://example.org; none: any',
  },
  timeZone: { type: 'string', maxLength: 64, description: 'IANA name; UTC by default' },
  queryParams: {
    type: 'array',
    maxItems: 50,
    items: { type: 'string', minLength: 1, maxLength: 64 },
    description: 'Query parameters that tell pages apart, kept beside the campaign tags',
  },
}

export const siteBodySchema: Schema = {
  type: 'object',
  required: ['site', 'name'],
  additionalProperties: false,
  properties: {
    site: { type: 'string', pattern: sitePattern, description: 'Lower-case letters, digits, dots and dashes' },
    ...changeable,
    strict: {
      type: 'boolean',
      description: 'No visitors: page views and clicks are counted, people and visits are not',
    },
    network: { type: 'boolean', description: networkDescription },
  },
}

export type SiteChangeBody = Partial<Pick<Site, 'name' | 'origins' | 'timeZone' | 'queryParams'>>

export const siteChangeBodySchema: Schema = {
  type: 'object',
  minProperties: 1,
  additionalProperties: false,
  properties: changeable,
}

export type NetworkBody = Pick<Site, 'network'>

export const networkBodySchema: Schema = {
  type: 'object',
  required: ['network'],
  additionalProperties: false,
  properties: { network: { type: 'boolean', description: networkDescription } },
}

/** Null: for good. */
export type RetentionBody = { archiveDays: number | null; figureDays: number | null }

/** No replay covers more (routes/replay-body.ts). */
const keptDays = (description: string): Schema => ({
  type: ['integer', 'null'],
  minimum: 1,
  maximum: 3660,
  description,
})

export const retentionBodySchema: Schema = {
  type: 'object',
  required: ['archiveDays', 'figureDays'],
  additionalProperties: false,
  properties: {
    archiveDays: keptDays('Whole UTC days for which events stay in the archive, by arrival; null: for good'),
    figureDays: keptDays('Whole UTC days for which figures stay; null: for good'),
  },
}

/** Null: for a day. */
export type VisitorsBody = { rememberedWeeks: RememberedWeeks | null }

export const visitorsBodySchema: Schema = {
  type: 'object',
  required: ['rememberedWeeks'],
  additionalProperties: false,
  properties: {
    rememberedWeeks: {
      enum: [...rememberedWeeks, null],
      description:
        'For how many weeks a visitor keeps a name, from the next UTC day on, so that it is known who comes back; null: for a day, at once. Needs their consent in most places: docs/privacy.md',
    },
  },
}

export const strictHasNoNetwork = 'A strict site keeps nothing of its visitors, and no networks of theirs.'
export const strictRemembersNobody = 'A strict site has no visitors, and remembers none.'

export type SiteResult = { ok: true; site: Site } | { ok: false; message: string }

/** What the schema cannot say: zones exist, origins are what browsers send as `Origin`. */
export function toSite(body: SiteBody, now: number): SiteResult {
  const { site, name, origins = [], timeZone = 'UTC', queryParams = [], strict = false, network = false } = body
  if (strict && network) return { ok: false, message: strictHasNoNetwork }
  if (!isTimeZone(timeZone))
    return { ok: false, message: 'timeZone must be a time zone of the IANA database, such as Europe/Berlin' }
  const cleaned = origins.map(toOrigin)
  if (!cleaned.every((origin) => origin !== undefined))
    return { ok: false, message: 'origins must be origins, such as https://example.org' }
  return { ok: true, site: { site, name, origins: cleaned, timeZone, queryParams, strict, network, createdAt: now } }
}

function toOrigin(text: string): string | undefined {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined
  const { origin, pathname, search, hash } = new URL(text)
  return pathname === '/' && search === '' && hash === '' ? origin : undefined
}

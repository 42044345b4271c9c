/** What routes are asked with, as JSON schema: periods, intervals, filters, limits, and the parameters of addresses. */
import { dimensions } from '../../consumers/aggregator/shapes/dimensions.ts'
import { intervals, metrics } from '../answers.ts'
import { mostConditions } from '../query/conditions.ts'
import { filterDimensions } from '../query/filter.ts'
import { object, type Schema } from './schemas.ts'

export const period = {
  from: {
    type: 'string',
    maxLength: 40,
    description:
      'Start: a date (2026-11-23, its midnight in `tz`) or a date and time (2026-11-23T10:00Z; without an offset, in `tz`). Without `from` and `to`: today.',
  },
  to: {
    type: 'string',
    maxLength: 40,
    description: 'End: a date, whose day is included, or a date and time, which is not. Without it: the end of today.',
  },
  tz: { type: 'string', maxLength: 64, description: 'IANA time zone; by default that of the site' },
}
const interval = {
  interval: {
    type: 'string',
    enum: intervals,
    description:
      'Length of a point, in `tz`; by default chosen by the length of the period. Times of day inside an hour are exact while minutes are kept, for 48 hours.',
  },
}
/** As many as a period tells apart (query/merge.ts): a list can be had whole. */
const maxRows = 20_000
export const limit = (fallback: number) => ({
  limit: {
    type: 'integer',
    minimum: 1,
    maximum: maxRows,
    default: fallback,
    description: 'Most rows that are answered',
  },
})
export const generation = {
  generation: {
    type: 'string',
    maxLength: 40,
    description: 'A replay: where it has rebuilt what arrived, that counts in place of what is published',
  },
}
export const filter: Schema = {
  type: 'array',
  maxItems: mostConditions,
  items: { type: 'string', maxLength: 2100 },
  description: `Figures of a part, by whole hours. \`DIMENSION:VALUE\` is this value, such as \`page:/pricing\`; \`DIMENSION~PART\` contains it; \`DIMENSION~~PATTERN\` matches it (RE2); with \`!\` in front, it does not. May be given several times: one of those by the same dimension has to hold, and each of those by different ones. Of ${filterDimensions.join(', ')}.`,
}
export const filters = {
  filter,
  segment: { type: 'string', maxLength: 40, description: 'Saved filters that have to hold as well, by their id' },
}
export const format = {
  format: {
    type: 'string',
    enum: ['json', 'csv'],
    description: 'By default what `Accept` prefers: `text/csv`, or JSON',
  },
}
/**
 * Whatever figures may be asked with may be asked of all of them (docs/api.md): a parameter that means nothing to one is no
 * mistake there. Any other name is: figures under a misspelt `filter` would be those of the whole site.
 */
const askedOfAll = ['from', 'to', 'interval', 'tz', 'metric', 'limit', 'generation']
export const noOthers: Schema = {
  patternProperties: { [`^(?:${askedOfAll.join('|')})$`]: {} },
  additionalProperties: false,
}
export const query = (properties: Record<string, Schema>): Schema => ({ type: 'object', properties, ...noOthers })

export const periodQuery = query({ ...period, ...interval, ...generation })
export const summaryQuery = query({ ...period, ...interval, ...generation, ...filters })
export const timeseriesQuery = query({ ...period, ...interval, ...generation, ...filters, ...format })
export const vitalsQuery = query({ ...period, ...generation, ...filters })
export const scrollQuery = query({ ...period, ...generation, ...filters })
export const realtimeQuery = query(generation)
export const breakdownQuery = query({
  ...period,
  metric: {
    type: 'string',
    enum: metrics,
    description:
      'What rows are sorted by, most first: by default visitors; clicks for what was clicked, visits for `entry` and `exit`, events for what was reported',
  },
  goal: {
    type: 'string',
    maxLength: 64,
    description: 'A goal, by its id: each row tells how many of its visits reached it, by whole hours',
  },
  ...limit(10),
  ...generation,
  ...filters,
  ...format,
})

export const siteParams = object({ site: { type: 'string', maxLength: 64, description: 'Name of the site' } })
export const breakdownParams = object({
  site: { type: 'string', maxLength: 64, description: 'Name of the site' },
  dimension: { type: 'string', enum: dimensions, description: 'What to break down by' },
})

/**
 * The shapes of answers.ts as JSON schema: Fastify writes answers by them and OpenAPI documents them, so that the
 * three cannot drift apart.
 */
import { dimensions } from '../../consumers/aggregator/shapes/dimensions.ts'
import { generationStates, replaySources } from '../../consumers/replay/shapes/generations.ts'
import { lagStates } from '../../consumers/runtime/shapes/consumer-lag.ts'
import { intervals, roles } from '../answers.ts'

export type Schema = { readonly [key: string]: unknown }

export const object = (properties: Record<string, Schema>, optional: string[] = []): Schema => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
})
export const list = (items: Schema): Schema => ({ type: 'array', items })
export const text = (description: string): Schema => ({ type: 'string', description })
export const count = (description: string): Schema => ({ type: 'integer', description })
export const number = (description: string): Schema => ({ type: 'number', description })
const nullable = (type: string, description: string): Schema => ({ type: [type, 'null'], description })
export const time = (description: string): Schema => ({
  type: 'string',
  description,
  examples: ['2026-11-23T10:00:00.000Z'],
})

const figures = {
  visitors: count(
    'Different visitors; a visitor of several days counts once a day, unless the site remembers visitors',
  ),
  visits: count('Visits: 30 minutes without an event end one'),
  pageviews: count('Page views'),
  clicks: count('Clicks'),
  events: count('Custom events'),
  bounceRate: { type: ['number', 'null'], description: 'Share of visits that bounced, 0 to 1; null without visits' },
  visitDurationSeconds: number('Mean duration of a visit'),
  engagedSeconds: number('Mean time of a visit in which the page was visible and in use'),
}

export const problemSchema = object({
  code: text('Stable: programs may branch on it'),
  message: text('For people'),
})

const site = {
  site: text('Its name in addresses and in the snippet'),
  name: text('Its name for people'),
  origins: list(text('An origin that may post events; none listed: any')),
  timeZone: text('IANA name: days are days there'),
  queryParams: list(text('A query parameter that tells pages apart')),
  network: { type: 'boolean', description: 'Whether hashes of the networks of visitors are kept' },
  strict: { type: 'boolean', description: 'No visitors: page views and clicks are counted, people and visits are not' },
  archiveDays: { type: ['integer', 'null'], description: 'Days for which events are kept; null: for good' },
  figureDays: { type: ['integer', 'null'], description: 'Days for which figures are kept; null: for good' },
  rememberedWeeks: {
    type: ['integer', 'null'],
    description: 'For how many weeks a visitor keeps a name; null: for a day',
  },
  rememberedFrom: {
    type: ['string', 'null'],
    description: 'Since when, a UTC midnight that may be to come; null: not',
  },
  role: { type: 'string', enum: roles, description: 'What you may do there' },
  createdAt: time('When it was added'),
}
export const siteSchema = object(site)
export const sitesSchema = object({ sites: list(siteSchema) })
export const siteDetailSchema = object({
  ...site,
  firstDay: { type: ['string', 'null'], description: 'UTC day of the first event, null before it' },
  snippetUrl: text('Where pages load the snippet from'),
})

export const summarySchema = object(
  {
    site: text('The site'),
    from: time('Start of the period'),
    to: time('End of the period, not included'),
    ...figures,
    bots: count('Events that programs sent, which are in no figure; not where figures are of a part of the site'),
    facts: {
      ...object({
        through: nullable('string', 'Up to when the running day is known; null: the period is over'),
        events: count('Events of the period that are known one by one'),
        ofEvents: count('Events of the period: the archive may hold fewer'),
      }),
      description: 'Under filters that aggregates cannot answer: what the figures are counted from',
    },
  },
  ['bots', 'facts'],
)
export const makingSchema = object({
  making: object({
    done: count('Events read so far'),
    expected: count('Events that are to be read'),
  }),
})
export const timeseriesSchema = object({
  interval: { type: 'string', enum: intervals },
  points: list(
    object({
      at: time('Start of the interval, cut at the start of the period'),
      ...figures,
      lateEvents: count('Of its events, those that arrived on a later UTC day than they happened'),
    }),
  ),
})
export const breakdownSchema = object({
  dimension: { type: 'string', enum: dimensions },
  rows: list(
    object(
      {
        value: text('A value of the dimension; empty: direct, or unknown'),
        ...figures,
        goalVisits: nullable('integer', 'With `goal`: visits that began in the period and have the value in an event'),
        conversions: nullable('integer', 'With `goal`: of them, those that reached the goal'),
        conversionRate: nullable('number', 'With `goal`: their share, 0 to 1; null where it has no visits'),
      },
      ['goalVisits', 'conversions', 'conversionRate'],
    ),
  ),
  total: count('Different values in the period, of which the rows are the first'),
  sum: number('Sum of the metric over all values; of visitors, who count under several, it is more than there were'),
})
export const vitalsSchema = object({
  vitals: list(
    object({
      name: text('LCP, INP, CLS, FCP, TTFB'),
      p75: number('Three of four reports are no worse: milliseconds, of CLS without a unit; within 2 %'),
      rating: { type: 'string', enum: ['good', 'needsImprovement', 'poor'], description: 'Of p75, by web.dev' },
      count: count('Reports'),
      good: count('Of them, good ones'),
      needsImprovement: count('Of them, those between good and poor'),
      poor: count('Of them, poor ones'),
    }),
  ),
})
export const scrollSchema = object({
  total: count('Reports of how far down a page was seen'),
  depths: list(object({ percent: count('0 to 100, in steps of ten'), reached: count('Reports of at least that') })),
})
export const realtimeSchema = object({
  visitors: count('Visitors in the last five minutes'),
  minutes: list(object({ at: time('Start of the minute'), pageviews: count('Page views in it') })),
})
export const pipelineSchema = object({
  at: time('When this was judged'),
  lag: list(
    object({
      consumer: text('aggregator, archiver, anomaly-detector'),
      shard: text('Shard of the stream'),
      state: {
        type: 'string',
        enum: lagStates,
        description: 'silent: it should have reported and has not; behind: by 10 s more than it gathers on purpose',
      },
      behindSeconds: number('Age of the oldest record that is not handled; it grows while the consumer is silent'),
      behindRecords: nullable(
        'integer',
        'Records not handled: those read counted, those not read estimated; null where nobody knows',
      ),
      windowSeconds: number('Time for which the consumer gathers records on purpose'),
      position: nullable('string', 'Sequence number of the last record handled'),
      arrivedAt: nullable('string', 'When that record arrived'),
      handledAt: nullable('string', 'When that record was handled'),
      handledRecords: count('Records handled since the consumer started'),
      reportedAt: time('When the consumer last reported'),
      silentSeconds: number('Time since then, if it should have reported again; 0 while it does as it should'),
    }),
  ),
  ledger: object({
    from: time('Start of an hour of arrivals that all consumers have had the time to handle'),
    to: time('Its end'),
    accepted: count('Events that arrived'),
    aggregated: count('In the figures'),
    duplicate: count('Seen before'),
    filtered: count('Of bots, and what else rules leave out'),
    quarantined: count('In records that the aggregator set aside'),
    archived: count('In the archive, or set aside by the archiver'),
    balanced: {
      type: 'boolean',
      description: 'accepted = aggregated + duplicate + filtered + quarantined, and archived = accepted',
    },
  }),
  overflow: {
    ...object({
      batches: count('Batches that Kinesis would not take, and that are to be put into it; of the first 1,000'),
      more: { type: 'boolean', description: 'There are more than were counted' },
      oldestAt: nullable('string', 'When the oldest was made; null: none waits'),
    }),
    nullable: true,
    description: 'As of some seconds ago; null: the bucket cannot be listed',
  },
  quarantine: {
    ...object({
      records: count('Records that a consumer passed over; of the first 1,000'),
      more: { type: 'boolean', description: 'There are more than were counted' },
    }),
    nullable: true,
    description: 'As of some seconds ago; null: the bucket cannot be listed',
  },
})

const replay = {
  id: text('Its name: the generation that it fills'),
  state: { type: 'string', enum: generationStates },
  sites: { anyOf: [{ type: 'string', enum: ['all'] }, list(text('A site'))] },
  from: text('First UTC day of arrival'),
  to: text('Last UTC day of arrival, included'),
  segments: list(text('An arrival segment that it holds: a UTC day, or a part of one')),
  source: { type: 'string', enum: replaySources },
  rules: nullable('string', 'Version of the rules; null: those that held when the events arrived'),
  requestedAt: time('When it was asked for'),
  startedAt: nullable('string', 'When it began'),
  finishedAt: nullable('string', 'When it was ready, or failed'),
  progress: {
    ...object({
      events: count('Events so far'),
      expectedEvents: nullable('integer', 'Events in all, where that is known'),
      at: time('When this was said'),
    }),
    nullable: true,
  },
  counts: {
    type: 'object',
    nullable: true,
    additionalProperties: { type: ['number', 'null'] },
    description: 'The headline of its report: events and cells, by name',
  },
  error: nullable('string', 'Why it failed'),
  publishedAt: nullable('string', 'When it was published; null: it is not'),
}
export const replaySchema = object(replay)
export const replaysSchema = object({ replays: list(replaySchema) })
export const replayDetailSchema = object({
  ...replay,
  report: { description: 'What it changes, against what was published when it ended; null before' },
})
export const replayParams = object({ id: { type: 'string', maxLength: 64, description: 'Name of the replay' } })

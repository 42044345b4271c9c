/** What became of one event of a site. */
import type { FastifyInstance } from 'fastify'
import { type CellKey, cellText, seriesOf } from '../../consumers/aggregator/shapes/cell-key.ts'
import type { Trace, Traces } from '../../consumers/trace/shapes/traces.ts'
import { overflowFolder } from '../../stream/overflow-key.ts'
import { Problem } from '../problems.ts'
import type { Store } from '../store/store.ts'
import type { TraceAnswer, TraceCopy } from '../trace-answer.ts'
import { siteParams } from './query-schemas.ts'
import { list, object, type Schema, text, time } from './schemas.ts'
import { findSite } from './sites.ts'

export type TraceOptions = { store: Store; traces: Traces; now: () => number }

/** Each holds an object of the archive, decoded in part: of a task of 512 MiB, one leaves room for the figures. */
const mostTraces = 1
/** Before a load balancer gives up on whoever waits. */
const mostMs = 50_000

type TraceQuery = { load: string; n: number; day?: string }

const orNull = (type: string, description: string, more: object = {}): Schema => ({
  type: [type, 'null'],
  description,
  ...more,
})
const eventPlace = {
  shard: text('Shard of the stream'),
  sequence: text('Sequence number of its record'),
  index: { type: 'integer', description: 'Its number in the record, from 0' },
}
const answerSchema = object({
  load: text('Its page load'),
  n: { type: 'integer', description: 'Its number in the page load' },
  day: text('UTC day of arrival that was searched'),
  copies: list(
    object({
      place: {
        type: 'string',
        enum: ['archive', 'stream', 'overflow', 'quarantine'],
        description: 'Where this copy is',
      },
      type: text('Of the event'),
      url: text('Its page'),
      acceptedAt: time('When the endpoint had it'),
      batchBegunAt: orNull('string', 'When its batch was begun; null: the stream no longer holds the record'),
      shard: orNull('string', 'Shard of the stream'),
      sequence: orNull('string', 'Sequence number of its record'),
      index: orNull('integer', 'Its number in the record, from 0'),
      object: orNull('string', 'Object of the bucket'),
      row: orNull('integer', 'Row of the object, from 0'),
      outcome: orNull('string', 'What the aggregator made of it; null: not to be told yet', {
        enum: ['aggregated', 'duplicate', 'filtered', 'quarantined', null],
      }),
      handled: { type: 'boolean', description: 'Whether the aggregator has noted that it is behind it' },
      filteredBy: orNull('string', 'Which kind of rule left it out'),
      reason: orNull('string', 'The same in a sentence'),
      copyOf: orNull('string', 'Of a duplicate: whether its whole batch came twice, or the event'),
      first: { type: ['object', 'null'], description: 'Where it came first', properties: eventPlace },
      cells: list(
        object({
          series: text('Site and granularity'),
          cell: text('Bucket, segment, generation and shard'),
          holdsIt: { type: 'boolean', description: 'Whether the cell has come as far' },
        }),
      ),
    }),
  ),
})

export function registerTrace(app: FastifyInstance, { store, traces, now }: TraceOptions): void {
  let running = 0

  app.get<{ Params: { site: string }; Querystring: TraceQuery }>(
    '/api/sites/:site/trace',
    {
      schema: {
        summary: 'What became of one event: where it is, and what the aggregator made of it',
        description: 'What it became is found by folding its visitor again. It reads the archive of three days.',
        params: siteParams,
        querystring: object(
          {
            load: { type: 'string', pattern: '^[0-9a-f]{16}$', description: 'Its page load' },
            n: { type: 'integer', minimum: 0, maximum: 999_999_999, description: 'Its number there, from 0' },
            day: { type: 'string', format: 'date', description: 'UTC day of arrival; without it: today' },
          },
          ['day'],
        ),
        response: { 200: answerSchema },
      },
    },
    async ({ params, query: { load, n, day } }): Promise<TraceAnswer> => {
      const { site } = await findSite(store, params.site)
      if (running >= mostTraces) throw new Problem('too_many_traces', { retryAfterSeconds: 10 })
      running += 1
      const searched = day ?? new Date(now()).toISOString().slice(0, 10)
      const signal = AbortSignal.timeout(mostMs)
      try {
        const found = await traces.find({ site, load, n }, searched, signal)
        return { load, n, day: searched, copies: copiesOf(found) }
      } catch (error) {
        throw signal.aborted ? new Problem('trace_too_long') : error
      } finally {
        running -= 1
      }
    },
  )
}

const nowhere = { shard: null, sequence: null, index: null, object: null, row: null }
const untold = {
  ...{ outcome: null, handled: false, filteredBy: null, reason: null, copyOf: null, first: null },
  cells: [],
}
const iso = (at: number) => new Date(at).toISOString()

function copiesOf({ archived, inStream, inOverflow, inQuarantine }: Trace): TraceCopy[] {
  return [
    ...archived.map((copy): TraceCopy => {
      const { event, delivery, createdAt, shardId, sequence, index, object, row, passed, fate } = copy
      return {
        place: 'archive',
        ...{ type: event.type, url: event.url, acceptedAt: iso(delivery.received) },
        batchBegunAt: createdAt === undefined ? null : iso(createdAt),
        ...{ shard: shardId, sequence, index, object, row },
        ...{ ...untold, outcome: fate.outcome, handled: passed },
        ...(fate.outcome === 'filtered' && { filteredBy: fate.by, reason: fate.reason }),
        ...(fate.outcome === 'duplicate' && {
          copyOf: fate.by,
          first: { shard: fate.of.shardId, sequence: fate.of.sequence, index: fate.of.index },
        }),
        ...(fate.outcome === 'quarantined' && { reason: fate.object }),
        cells: fate.outcome === 'aggregated' ? fate.cells.map(toCell) : [],
      }
    }),
    ...inStream.map(
      ({ event, delivery, record, shardId, sequence }): TraceCopy => ({
        ...{ place: 'stream', type: event.type, url: event.url, acceptedAt: iso(delivery.received) },
        ...{ batchBegunAt: iso(record.header.createdAt), ...nowhere, shard: shardId, sequence },
        ...untold,
      }),
    ),
    ...([...inOverflow, ...inQuarantine] as const).map(
      ({ event, delivery, record, object }): TraceCopy => ({
        place: object.startsWith(overflowFolder) ? 'overflow' : 'quarantine',
        ...{ type: event.type, url: event.url, acceptedAt: iso(delivery.received) },
        ...{ batchBegunAt: iso(record.header.createdAt), ...nowhere, object },
        ...untold,
      }),
    ),
  ]
}

function toCell({ key, holdsIt }: { key: CellKey; holdsIt: boolean }): TraceCopy['cells'][number] {
  return { series: seriesOf(key.site, key.granularity), cell: cellText(key), holdsIt }
}

/**
 * The archive's columns: each event with everything its delivery and record said, and its place in the stream
 * (`shard`, `sequence`, `index`), so that the archive can be folded again in stream order. Columns may be added, all of
 * them nullable: a row that was written before has none.
 */
import type { Encoding } from 'hyparquet'
import type { ColumnSource } from 'hyparquet-writer'
import type { ClickTarget, Delivery, TrackedEvent } from '../../stream/event.ts'
import { compareSequence, type SequenceNumber } from '../../stream/sequence.ts'
import type { DecodedStreamRecord } from '../runtime/records.ts'

export type ArchiveRow = {
  shardId: string
  sequence: SequenceNumber
  /** Counts the events of a record from 0. */
  index: number
  producerId: string
  producerSequence: number
  /** The sender's own trace id, if it sent one; else that of the record. */
  traceId: string
  /** That of the record, where the sender's own stands in `traceId`. */
  recordTraceId?: string
  /** When the record's batch was begun. Absent from rows that were written before the archive kept it. */
  createdAt?: number
  delivery: Omit<Delivery, 'events'>
  event: TrackedEvent
}

type Column = {
  name: string
  type: NonNullable<ColumnSource['type']>
  /** Where neither plain values nor a dictionary are smallest; readers need not be told. */
  encoding?: Encoding
  of: (row: ArchiveRow) => unknown
}

/** Times grow by little from row to row. */
const time = (name: string, of: (row: ArchiveRow) => number | undefined): Column => ({
  name,
  type: 'TIMESTAMP',
  encoding: 'DELTA_BINARY_PACKED',
  of: (row) => {
    const epochMs = of(row)
    return epochMs === undefined ? undefined : new Date(epochMs)
  },
})
/** Texts that hardly repeat and are all of one length: the lengths apart, zstd sees nothing but digits. */
const id = (name: string, of: Column['of']): Column => ({
  name,
  type: 'STRING',
  encoding: 'DELTA_LENGTH_BYTE_ARRAY',
  of,
})
const target = (name: string, type: Column['type'], field: keyof ClickTarget): Column => ({
  name,
  type,
  of: ({ event }) => event.target?.[field],
})

const columns: readonly Column[] = [
  { name: 'site', type: 'STRING', of: ({ delivery }) => delivery.site },
  { name: 'type', type: 'STRING', of: ({ event }) => event.type },
  id('load', ({ event }) => event.load),
  { name: 'n', type: 'INT32', of: ({ event }) => event.n },
  // Not `at`, which is a keyword in SQL.
  time('event_at', ({ event }) => event.at),
  time('sent_at', ({ delivery }) => delivery.sentAt),
  time('received', ({ delivery }) => delivery.received),
  id('visitor', ({ delivery }) => delivery.visitor),
  id('previous_visitor', ({ delivery }) => delivery.previousVisitor),
  { name: 'user_agent', type: 'STRING', of: ({ delivery }) => delivery.userAgent },
  { name: 'country', type: 'STRING', of: ({ delivery }) => delivery.country },
  { name: 'region', type: 'STRING', of: ({ delivery }) => delivery.region },
  { name: 'language', type: 'STRING', of: ({ delivery }) => delivery.language },
  { name: 'url', type: 'STRING', of: ({ event }) => event.url },
  { name: 'referrer', type: 'STRING', of: ({ event }) => event.referrer },
  { name: 'title', type: 'STRING', of: ({ event }) => event.title },
  { name: 'name', type: 'STRING', of: ({ event }) => event.name },
  { name: 'props', type: 'JSON', of: ({ event }) => event.props && withoutPrototype(event.props) },
  target('target_selector', 'STRING', 'selector'),
  target('target_text', 'STRING', 'text'),
  target('target_href', 'STRING', 'href'),
  // Browsers report fractions of a pixel on some screens.
  target('target_x', 'DOUBLE', 'x'),
  target('target_y', 'DOUBLE', 'y'),
  target('target_vw', 'DOUBLE', 'vw'),
  target('target_vh', 'DOUBLE', 'vh'),
  target('target_page_x', 'DOUBLE', 'pageX'),
  target('target_page_y', 'DOUBLE', 'pageY'),
  target('target_doc_w', 'DOUBLE', 'docW'),
  target('target_doc_h', 'DOUBLE', 'docH'),
  { name: 'engaged_ms', type: 'DOUBLE', of: ({ event }) => event.engagedMs },
  { name: 'scroll', type: 'DOUBLE', of: ({ event }) => event.scroll },
  { name: 'viewport_w', type: 'DOUBLE', of: ({ event }) => event.vw },
  { name: 'viewport_h', type: 'DOUBLE', of: ({ event }) => event.vh },
  { name: 'shard', type: 'STRING', of: ({ shardId }) => shardId },
  // Up to 56 digits: no number type of Parquet holds them.
  { name: 'sequence', type: 'STRING', of: ({ sequence }) => sequence },
  { name: 'index', type: 'INT32', of: ({ index }) => index },
  { name: 'producer', type: 'STRING', of: ({ producerId }) => producerId },
  { name: 'producer_sequence', type: 'INT64', of: ({ producerSequence }) => BigInt(producerSequence) },
  { name: 'trace', type: 'STRING', of: ({ traceId }) => traceId },
  { name: 'record_trace', type: 'STRING', of: ({ recordTraceId }) => recordTraceId },
  time('created_at', ({ createdAt }) => createdAt),
  { name: 'tag', type: 'STRING', of: ({ delivery }) => delivery.tag },
  { name: 'network', type: 'STRING', of: ({ delivery }) => delivery.network },
]

/** The writer copies objects that have a prototype, and loses a property called `__proto__` by it. */
function withoutPrototype(props: object): object {
  return Object.setPrototypeOf({ ...props }, null) as object
}

/** The events of records, in stream order. */
export function toRows(
  shardId: string,
  records: readonly Pick<DecodedStreamRecord, 'sequenceNumber' | 'header' | 'deliveries'>[],
): ArchiveRow[] {
  return records.flatMap(({ sequenceNumber: sequence, header, deliveries }) => {
    const { producerId, producerSequence, traceId, createdAt } = header
    let index = 0
    return deliveries.flatMap(({ events, ...delivery }) => {
      const traces = delivery.trace === undefined ? { traceId } : { traceId: delivery.trace, recordTraceId: traceId }
      return events.map((event) => ({
        ...{ shardId, sequence, index: index++, producerId, producerSequence, ...traces, createdAt },
        ...{ delivery, event },
      }))
    })
  })
}

/** Negative when `a` comes before `b` in their shard. */
export function compareRows(a: ArchiveRow, b: ArchiveRow): number {
  return compareSequence(a.sequence, b.sequence) || a.index - b.index
}

/** The columns of rows; of none, the schema alone. */
export function toColumns(rows: readonly ArchiveRow[]): ColumnSource[] {
  return columns.map(({ of, ...column }) => ({ ...column, data: rows.map((row) => of(row) ?? null) }))
}

/** A row as one line of JSON, under the same names; what is not there is left out. */
export function toJsonLine(row: ArchiveRow): Uint8Array {
  const fields = columns.map(({ name, type, of }) => {
    const value = of(row)
    // JSON has no 64-bit integers; a producer counts far below 2^53.
    return [name, type === 'INT64' ? Number(value) : value]
  })
  return Buffer.from(`${JSON.stringify(Object.fromEntries(fields))}\n`)
}

/** A row as `toColumns` wrote it and a Parquet reader gives it back. */
export function fromColumns(columns: Readonly<Record<string, unknown>>): ArchiveRow {
  const value = <T>(name: string) => (columns[name] ?? undefined) as T
  const epochMs = (name: string) => value<Date | undefined>(name)?.getTime()
  const recordTraceId = value<string | undefined>('record_trace')
  const createdAt = epochMs('created_at')
  return {
    shardId: value('shard'),
    sequence: value('sequence'),
    index: value('index'),
    producerId: value('producer'),
    producerSequence: Number(value<bigint>('producer_sequence')),
    traceId: value('trace'),
    ...(recordTraceId !== undefined && { recordTraceId }),
    ...(createdAt !== undefined && { createdAt }),
    delivery: present<ArchiveRow['delivery']>({
      site: value('site'),
      visitor: value('visitor'),
      previousVisitor: value('previous_visitor'),
      received: epochMs('received'),
      sentAt: epochMs('sent_at'),
      userAgent: value('user_agent'),
      country: value('country'),
      region: value('region'),
      language: value('language'),
      tag: value('tag'),
      network: value('network'),
      trace: recordTraceId === undefined ? undefined : value('trace'),
    }),
    event: present<TrackedEvent>({
      type: value('type'),
      load: value('load'),
      n: value('n'),
      at: epochMs('event_at'),
      url: value('url'),
      referrer: value('referrer'),
      title: value('title'),
      name: value('name'),
      props: value('props'),
      target: columns.target_selector == null ? undefined : targetFrom(value),
      engagedMs: value('engaged_ms'),
      scroll: value('scroll'),
      vw: value('viewport_w'),
      vh: value('viewport_h'),
    }),
  }
}

function targetFrom(value: <T>(name: string) => T): ClickTarget {
  return present<ClickTarget>({
    selector: value('target_selector'),
    text: value('target_text'),
    href: value('target_href'),
    x: value('target_x'),
    y: value('target_y'),
    vw: value('target_vw'),
    vh: value('target_vh'),
    pageX: value('target_page_x'),
    pageY: value('target_page_y'),
    docW: value('target_doc_w'),
    docH: value('target_doc_h'),
  })
}

/** Without the fields that are not there. */
function present<T extends object>(fields: { [Name in keyof Required<T>]?: T[Name] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T
}

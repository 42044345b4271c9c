/**
 * The archive's columns: each event with everything its delivery and record said, and its place in the stream
 * (`shard`, `sequence`, `index`), so that the archive can be folded again in stream order.
 */
import type { ColumnSource } from 'hyparquet-writer'
import type { ClickTarget, Delivery, TrackedEvent } from '../../stream/event.ts'
import type { DecodedStreamRecord } from '../runtime/records.ts'

export type ArchiveRow = {
  shardId: string
  record: DecodedStreamRecord
  index: number
  delivery: Delivery
  event: TrackedEvent
}

type Column = { name: string; type: NonNullable<ColumnSource['type']>; of: (row: ArchiveRow) => unknown }

const time = (epochMs: number | undefined) => (epochMs === undefined ? undefined : new Date(epochMs))
const target = (name: string, type: Column['type'], field: keyof ClickTarget): Column => ({
  name,
  type,
  of: ({ event }) => event.target?.[field],
})

const columns: readonly Column[] = [
  { name: 'site', type: 'STRING', of: ({ delivery }) => delivery.site },
  { name: 'type', type: 'STRING', of: ({ event }) => event.type },
  { name: 'load', type: 'STRING', of: ({ event }) => event.load },
  { name: 'n', type: 'INT32', of: ({ event }) => event.n },
  { name: 'at', type: 'TIMESTAMP', of: ({ event }) => time(event.at) },
  { name: 'sent_at', type: 'TIMESTAMP', of: ({ delivery }) => time(delivery.sentAt) },
  { name: 'received', type: 'TIMESTAMP', of: ({ delivery }) => time(delivery.received) },
  { name: 'visitor', type: 'STRING', of: ({ delivery }) => delivery.visitor },
  { name: 'previous_visitor', type: 'STRING', of: ({ delivery }) => delivery.previousVisitor },
  { name: 'user_agent', type: 'STRING', of: ({ delivery }) => delivery.userAgent },
  { name: 'country', type: 'STRING', of: ({ delivery }) => delivery.country },
  { name: 'language', type: 'STRING', of: ({ delivery }) => delivery.language },
  { name: 'url', type: 'STRING', of: ({ event }) => event.url },
  { name: 'referrer', type: 'STRING', of: ({ event }) => event.referrer },
  { name: 'title', type: 'STRING', of: ({ event }) => event.title },
  { name: 'name', type: 'STRING', of: ({ event }) => event.name },
  { name: 'props', type: 'STRING', of: ({ event }) => event.props && JSON.stringify(event.props) },
  target('target_selector', 'STRING', 'selector'),
  target('target_text', 'STRING', 'text'),
  target('target_href', 'STRING', 'href'),
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
  { name: 'sequence', type: 'STRING', of: ({ record }) => record.sequenceNumber },
  { name: 'index', type: 'INT32', of: ({ index }) => index },
  { name: 'producer', type: 'STRING', of: ({ record }) => record.header.producerId },
  { name: 'producer_sequence', type: 'DOUBLE', of: ({ record }) => record.header.producerSequence },
  { name: 'trace', type: 'STRING', of: ({ record }) => record.header.traceId },
]

/** The events of records, in stream order; `index` counts within a record. */
export function toRows(shardId: string, records: readonly DecodedStreamRecord[]): ArchiveRow[] {
  return records.flatMap((record) =>
    record.deliveries
      .flatMap((delivery) => delivery.events.map((event) => ({ delivery, event })))
      .map(({ delivery, event }, index) => ({ shardId, record, index, delivery, event })),
  )
}

export function toColumns(rows: readonly ArchiveRow[]): ColumnSource[] {
  return columns.map(({ name, type, of }) => ({ name, type, data: rows.map((row) => of(row) ?? null) }))
}

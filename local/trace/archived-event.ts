/** An archived row as the event that it was. */
import type { ArchiveRow } from '../../consumers/archiver/rows.ts'
import type { ClickTarget, Delivery, TrackedEvent } from '../../stream/event.ts'
import { sequenceOf } from '../archive-table.ts'

export type ArchivedEvent = Omit<ArchiveRow, 'createdAt'> & {
  object: string
  /** Row of the object, from 0. */
  row: number
}

/** A row of the table `events` with `json`, the archive's own columns (consumers/archiver/rows.ts). */
export type ArchivedRow = {
  page_at: bigint
  sent_at: bigint | null
  received: bigint
  shard: string
  place: string
  index: number
  producer: string
  producer_sequence: bigint
  object: string
  object_row: bigint
  json: string
}

export function toArchivedEvent(row: ArchivedRow): ArchivedEvent {
  const columns = JSON.parse(row.json) as Record<string, unknown>
  /** Fields that have a value; the archive has null where there was none. */
  const fields = (names: Record<string, string>) =>
    Object.fromEntries(
      Object.entries(names)
        .map(([field, column]) => [field, columns[column]] as const)
        .filter(([, value]) => value !== null && value !== undefined),
    )
  const target = fields(targetColumns)
  return {
    shardId: row.shard,
    sequence: sequenceOf(row.place),
    index: row.index,
    producerId: row.producer,
    producerSequence: Number(row.producer_sequence),
    traceId: String(columns.trace ?? ''),
    object: row.object,
    row: Number(row.object_row),
    delivery: {
      ...fields(deliveryColumns),
      received: Number(row.received),
      ...(row.sent_at !== null && { sentAt: Number(row.sent_at) }),
    } as Omit<Delivery, 'events'>,
    event: {
      ...fields(eventColumns),
      at: Number(row.page_at),
      ...propsOf(columns.props),
      ...(Object.keys(target).length > 0 && { target: target as ClickTarget }),
    } as TrackedEvent,
  }
}

/** JSON in a column of text, or a column that is known to be JSON. */
function propsOf(column: unknown): { props?: unknown } {
  if (column === null || column === undefined) return {}
  return { props: typeof column === 'string' ? (JSON.parse(column) as unknown) : column }
}

const deliveryColumns = {
  site: 'site',
  visitor: 'visitor',
  previousVisitor: 'previous_visitor',
  userAgent: 'user_agent',
  country: 'country',
  region: 'region',
  language: 'language',
  tag: 'tag',
  network: 'network',
}

const eventColumns = {
  type: 'type',
  load: 'load',
  n: 'n',
  url: 'url',
  referrer: 'referrer',
  title: 'title',
  name: 'name',
  engagedMs: 'engaged_ms',
  scroll: 'scroll',
  vw: 'viewport_w',
  vh: 'viewport_h',
}

const targetColumns = {
  selector: 'target_selector',
  text: 'target_text',
  href: 'target_href',
  x: 'target_x',
  y: 'target_y',
  vw: 'target_vw',
  vh: 'target_vh',
  pageX: 'target_page_x',
  pageY: 'target_page_y',
  docW: 'target_doc_w',
  docH: 'target_doc_h',
}

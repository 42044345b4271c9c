/**
 * Rows of the archive as the records that they came from. An object holds the arrivals of one hour: of a record whose
 * events were received before and after the full hour, each of two objects holds a part.
 */
import type { Delivery, TrackedEvent } from '../../../stream/event.ts'
import type { RowGroup } from '../../archiver/parquet.ts'
import type { DecodedStreamRecord } from '../../runtime/records.ts'
import { contextReader, eventReader, headerReader } from './row-readers.ts'

/** What one stretch of rows holds of a record. */
export type RecordPart = {
  record: DecodedStreamRecord
  /** Places of its events in the record, in the order of its deliveries. */
  indexes: readonly number[]
}

/** Of rows: so few that what is made of them is garbage before the collector has moved it. */
const usualPortion = 1000

/**
 * Events of one record whose deliveries say the same become one delivery: no consumer can tell it from two.
 *
 * @param group rows of one shard in stream order
 * @param portionRows at least so many rows a portion, and the rest of a record
 * @returns portions of the records, each made when it is asked for
 */
export function* toParts(group: RowGroup, portionRows = usualPortion): Generator<RecordPart[]> {
  const sequences = group.column('sequence')
  const indexes = group.column('index')
  const context = contextReader(group)
  const event = eventReader(group)
  const header = headerReader(group)
  let parts: RecordPart[] = []
  let portionEnd = portionRows
  for (let start = 0; start < group.rows; ) {
    const sequenceNumber = sequences[start] as string
    const deliveries: Delivery[] = []
    const places: number[] = []
    let row = start
    for (let events: TrackedEvent[] = []; row < group.rows && sequences[row] === sequenceNumber; row++) {
      if (row === start || !context.isSame(row, row - 1)) {
        events = []
        deliveries.push(context.read(row, events))
      }
      events.push(event(row))
      places.push(indexes[row] as number)
    }
    parts.push({
      record: toRecord(sequenceNumber, { ...header(start), eventCount: row - start }, deliveries),
      indexes: places,
    })
    start = row
    if (row < portionEnd) continue
    yield parts
    parts = []
    portionEnd = row + portionRows
  }
  if (parts.length > 0) yield parts
}

function toRecord(
  sequenceNumber: string,
  header: DecodedStreamRecord['header'],
  deliveries: Delivery[],
): DecodedStreamRecord {
  // The archive does not say when Kinesis had a record; but for an outage, that was a moment after it was begun.
  return { sequenceNumber, arrivedAt: header.createdAt, retried: false, header, deliveries }
}

/** Parts of one record as one; deliveries that were cut are whole again. */
export function joinParts(first: RecordPart, second: RecordPart): RecordPart {
  const placed = [...placedEvents(first), ...placedEvents(second)].sort((a, b) => a.index - b.index)
  const deliveries: Delivery[] = []
  for (const { delivery, event } of placed) {
    const last = deliveries.at(-1)
    if (last && isSameDelivery(last, delivery)) last.events.push(event)
    else deliveries.push({ ...delivery, events: [event] })
  }
  const { header, sequenceNumber } = first.record
  const createdAt = Math.min(header.createdAt, second.record.header.createdAt)
  return {
    record: toRecord(sequenceNumber, { ...header, createdAt, eventCount: placed.length }, deliveries),
    indexes: placed.map(({ index }) => index),
  }
}

/** Whether two say the same of all but their events. */
function isSameDelivery({ events: _, ...a }: Delivery, { events: __, ...b }: Delivery): boolean {
  const [fields, others] = [Object.entries(a), Object.entries(b)]
  return fields.length === others.length && fields.every(([field, value]) => b[field as keyof typeof b] === value)
}

function placedEvents({ record, indexes }: RecordPart) {
  let at = 0
  return record.deliveries.flatMap((delivery) =>
    delivery.events.map((event) => ({ index: indexes[at++] as number, delivery, event })),
  )
}

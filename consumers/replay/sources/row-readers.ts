/**
 * Makes events, deliveries and headers of column arrays, a row at a time: 100,000 a second and core are the least, so
 * columns are looked up once for a row group, and a row costs its object and the fields that it has.
 */
import type { ClickTarget, Delivery, EventProps, EventType, TrackedEvent } from '../../../stream/event.ts'
import type { RecordHeader } from '../../../stream/record.ts'
import type { RowGroup } from '../../archiver/parquet.ts'
import type { Column } from '../../archiver/parquet-columns.ts'

export type ContextReader = {
  /** Whether two rows say the same of their delivery. */
  isSame(row: number, other: number): boolean
  read(row: number, events: TrackedEvent[]): Delivery
}

export function contextReader(group: RowGroup): ContextReader {
  const site = group.column('site')
  const visitor = group.column('visitor')
  const previousVisitor = group.column('previous_visitor')
  const received = group.column('received')
  const sentAt = group.column('sent_at')
  const userAgent = group.column('user_agent')
  const country = group.column('country')
  const region = group.column('region')
  const language = group.column('language')
  const tag = group.column('tag')
  const network = group.column('network')
  const trace = group.column('trace')
  const recordTrace = group.column('record_trace')
  // What differs most often comes first.
  const compared: Column[] = [received, visitor, sentAt, userAgent, site, trace, previousVisitor, language]
  compared.push(country, region, tag, network, recordTrace)
  // Those without a value tell no rows apart.
  const telling = compared.filter(({ length }) => length > 0)
  return {
    isSame: (row, other) => telling.every((column) => column[row] === column[other]),
    read(row, events) {
      const delivery = {
        site: site[row] as string,
        received: received[row] as number,
        userAgent: userAgent[row] as string,
        events,
      } as Delivery
      if (visitor[row] != null) delivery.visitor = visitor[row] as string
      if (previousVisitor[row] != null) delivery.previousVisitor = previousVisitor[row] as string
      if (sentAt[row] != null) delivery.sentAt = sentAt[row] as number
      if (country[row] != null) delivery.country = country[row] as string
      if (region[row] != null) delivery.region = region[row] as string
      if (language[row] != null) delivery.language = language[row] as string
      if (tag[row] != null) delivery.tag = tag[row] as string
      if (network[row] != null) delivery.network = network[row] as string
      if (recordTrace[row] != null) delivery.trace = trace[row] as string
      return delivery
    },
  }
}

export function headerReader(group: RowGroup): (row: number) => Omit<RecordHeader, 'eventCount'> {
  const producer = group.column('producer')
  const producerSequence = group.column('producer_sequence')
  const trace = group.column('trace')
  const recordTrace = group.column('record_trace')
  const createdAt = group.column('created_at')
  const received = group.column('received')
  return (row) => ({
    producerId: producer[row] as string,
    producerSequence: Number(producerSequence[row]),
    traceId: (recordTrace[row] ?? trace[row]) as string,
    // A batch is begun when the endpoint has its first event.
    createdAt: (createdAt[row] ?? received[row]) as number,
  })
}

export function eventReader(group: RowGroup): (row: number) => TrackedEvent {
  const type = group.column('type')
  const load = group.column('load')
  const n = group.column('n')
  const at = group.column('event_at')
  const url = group.column('url')
  const referrer = group.column('referrer')
  const title = group.column('title')
  const name = group.column('name')
  const props = group.column('props')
  const selector = group.column('target_selector')
  const target = targetReader(group)
  const engagedMs = group.column('engaged_ms')
  const scroll = group.column('scroll')
  const vw = group.column('viewport_w')
  const vh = group.column('viewport_h')
  return (row) => {
    const event: TrackedEvent = {
      type: type[row] as EventType,
      load: load[row] as string,
      n: n[row] as number,
      at: at[row] as number,
      url: url[row] as string,
    }
    if (referrer[row] != null) event.referrer = referrer[row] as string
    if (title[row] != null) event.title = title[row] as string
    if (name[row] != null) event.name = name[row] as string
    // Each its own: rows of one text may share what a reader made of it.
    if (props[row] != null) event.props = props[row] as EventProps
    if (selector[row] != null) event.target = target(row)
    if (engagedMs[row] != null) event.engagedMs = engagedMs[row] as number
    if (scroll[row] != null) event.scroll = scroll[row] as number
    if (vw[row] != null) event.vw = vw[row] as number
    if (vh[row] != null) event.vh = vh[row] as number
    return event
  }
}

function targetReader(group: RowGroup): (row: number) => ClickTarget {
  const selector = group.column('target_selector')
  const text = group.column('target_text')
  const href = group.column('target_href')
  const x = group.column('target_x')
  const y = group.column('target_y')
  const vw = group.column('target_vw')
  const vh = group.column('target_vh')
  const pageX = group.column('target_page_x')
  const pageY = group.column('target_page_y')
  const docW = group.column('target_doc_w')
  const docH = group.column('target_doc_h')
  return (row) => {
    const target: ClickTarget = { selector: selector[row] as string }
    if (text[row] != null) target.text = text[row] as string
    if (href[row] != null) target.href = href[row] as string
    if (x[row] != null) target.x = x[row] as number
    if (y[row] != null) target.y = y[row] as number
    if (vw[row] != null) target.vw = vw[row] as number
    if (vh[row] != null) target.vh = vh[row] as number
    if (pageX[row] != null) target.pageX = pageX[row] as number
    if (pageY[row] != null) target.pageY = pageY[row] as number
    if (docW[row] != null) target.docW = docW[row] as number
    if (docH[row] != null) target.docH = docH[row] as number
    return target
  }
}

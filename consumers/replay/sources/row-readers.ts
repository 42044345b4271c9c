/**
 * Makes events, deliveries and headers of column arrays, a row at a time: 100,000 a second and core are the least, so
 * columns are looked up once for a row group, and all objects of a kind are made alike: what an event does not have is
 * there as undefined. Fields that are added one by one lie in a list beside the object, which is made anew for every third, and who
 * reads them meets dozens of classes.
 */
import type { ClickTarget, Delivery, TrackedEvent } from '../../../stream/event.ts'
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
    read: (row, events) =>
      ({
        site: site[row],
        visitor: visitor[row] ?? undefined,
        previousVisitor: previousVisitor[row] ?? undefined,
        received: received[row],
        sentAt: sentAt[row] ?? undefined,
        userAgent: userAgent[row],
        country: country[row] ?? undefined,
        region: region[row] ?? undefined,
        language: language[row] ?? undefined,
        tag: tag[row] ?? undefined,
        network: network[row] ?? undefined,
        trace: recordTrace[row] == null ? undefined : trace[row],
        events,
      }) as Delivery,
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
  return (row) =>
    ({
      type: type[row],
      load: load[row],
      n: n[row],
      at: at[row],
      url: url[row],
      referrer: referrer[row] ?? undefined,
      title: title[row] ?? undefined,
      name: name[row] ?? undefined,
      props: props[row] ?? undefined,
      target: selector[row] == null ? undefined : target(row),
      engagedMs: engagedMs[row] ?? undefined,
      scroll: scroll[row] ?? undefined,
      vw: vw[row] ?? undefined,
      vh: vh[row] ?? undefined,
    }) as TrackedEvent
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
  return (row) =>
    ({
      selector: selector[row],
      text: text[row] ?? undefined,
      href: href[row] ?? undefined,
      x: x[row] ?? undefined,
      y: y[row] ?? undefined,
      vw: vw[row] ?? undefined,
      vh: vh[row] ?? undefined,
      pageX: pageX[row] ?? undefined,
      pageY: pageY[row] ?? undefined,
      docW: docW[row] ?? undefined,
      docH: docH[row] ?? undefined,
    }) as ClickTarget
}

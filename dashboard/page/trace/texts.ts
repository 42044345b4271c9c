/** What tracing an event says. */
import { pickTexts } from '../language.ts'
import { de } from './texts.de.ts'

export const en = {
  title: 'Trace one event',
  lead: 'Follow an event from its acceptance to the figures, by its page load and its number there.',
  site: 'Site',
  load: 'Page load',
  loadHint: '16 hexadecimal digits: load in the archive and in what pages send.',
  badLoad: 'This must be 16 hexadecimal digits, 0 to 9 and a to f.',
  n: 'Number',
  badN: 'This must be a number from 0.',
  day: 'Day of arrival',
  dayHint: 'In UTC.',
  trace: 'Trace',
  searching: 'Searching the archive …',
  unreachable: 'The dashboard cannot be reached. Try again.',
  none: (day: string) =>
    `It is nowhere among what arrived on ${day}: not in the archive, the stream, the overflow or the quarantine.`,
  found: (type: string, url: string) => `${type} on ${url}`,
  stations: {
    accepted: 'Accepted',
    stream: 'Stream',
    archive: 'Archive',
    outcome: 'Became',
    kept: 'Kept in',
    cells: 'Cells',
  },
  batch: (time: string) => `in a batch begun ${time}`,
  record: (index: string) => `event ${index} of its record`,
  row: (row: string) => `row ${row}`,
  notArchived: 'not yet: the archiver has not reached it',
  notInStream: 'not yet: it is put there when Kinesis takes it',
  notHandled: 'the aggregator has not noted that it reached it',
  outcomes: {
    aggregated: 'In the figures',
    duplicate: 'Seen before',
    filtered: 'Left out',
    quarantined: 'Set aside',
  },
  copies: {
    batch: 'its whole batch came a second time, first at',
    event: 'the same event came first at',
  },
  filters: {
    nobody: 'it came without a user agent, as from programs',
    program: 'its user agent is a program’s',
    host: 'its host is internal by the rules',
    visitor: 'its visitor is internal by the rules',
    tag: 'its tag is internal by the rules',
    network: 'its network is internal by the rules',
    rate: 'its visitor does more in a second than people can',
  },
  recomputed: 'Found by folding the events of its visitor again, by the rules of their time.',
  notHeld: 'has not come as far, or has expired',
}

export const traceTexts = pickTexts(en, de)

/** A trace in words, and as JSON. What is recomputed is said to be. */
import { type Cell, counts } from '../../consumers/aggregator/shapes/cell.ts'
import { cellText, seriesOf } from '../../consumers/aggregator/shapes/cell-key.ts'
import type { Place } from '../../consumers/trace/refold.ts'
import type { ArchivedCopy, Trace, TracedCell } from '../../consumers/trace/trace.ts'
import { overflowFolder } from '../../stream/overflow-key.ts'

export function isFound({ archived, inStream, inOverflow, inQuarantine }: Trace): boolean {
  return archived.length + inStream.length + inOverflow.length + inQuarantine.length > 0
}

export function describe(trace: Trace): string {
  const { name, range } = trace
  const event = `Event ${name.load} ${name.n}${name.site === undefined ? '' : ` of ${name.site}`}`
  if (!isFound(trace)) {
    return [
      `${event} is nowhere: not in the archive of what arrived from ${iso(range.from)} to ${iso(range.to)},`,
      'not among what the stream holds beyond it, not in overflow/ or quarantine/.',
      'Either the endpoint never accepted it, or it arrived outside that time (--from, --to).',
    ].join('\n')
  }
  const text = trace.archived.flatMap((copy) => describeArchived(event, copy))
  for (const { delivery, event: found, record, shardId, sequence } of trace.inStream)
    text.push(
      ...head(event, delivery.site, found.type, found.url),
      line('accepted', `${iso(delivery.received)}, in a batch begun ${iso(record.header.createdAt)}`),
      line('stream', `${shardId} ${sequence}, ${batchOf(record.header)}`),
      line('archive', 'not yet: the archiver has not reached it. When it has, what became of the event can be told'),
      '',
    )
  for (const { delivery, event: found, record, object } of [...trace.inOverflow, ...trace.inQuarantine])
    text.push(
      ...head(event, delivery.site, found.type, found.url),
      line('accepted', `${iso(delivery.received)}, in a batch begun ${iso(record.header.createdAt)}`),
      line('kept in', `${object}, ${batchOf(record.header)}`),
      object.startsWith(overflowFolder)
        ? line('stream', 'not yet: the redriver puts it there when Kinesis takes it')
        : line('outcome', 'quarantined: a consumer could not handle its record'),
      '',
    )
  return text.join('\n').trimEnd()
}

function describeArchived(event: string, copy: ArchivedCopy): string[] {
  const { delivery, createdAt, traceId, shardId, sequence, index, object, row } = copy
  const batch = createdAt === undefined ? 'the stream no longer holds its record' : `in a batch begun ${iso(createdAt)}`
  return [
    ...head(event, delivery.site, copy.event.type, copy.event.url),
    line('accepted', `${iso(delivery.received)}, ${batch}, trace ${traceId}`),
    line('stream', `${shardId} ${sequence}, event ${index} of its record, ${batchOf(copy)}`),
    line('archive', `${object}, row ${row}`),
    line('aggregator', copy.passed ? 'has passed it' : 'has not noted that it reached it'),
    ...describeFate(copy),
    '',
  ]
}

function describeFate({ fate }: ArchivedCopy): string[] {
  if (fate.outcome === 'quarantined')
    return [line('outcome', `quarantined: the aggregator could not handle its record, ${fate.object}`)]
  const recomputed = `recomputed: ${fate.foldedAgain} archived events of its visitor and page load folded again, with the present rules`
  const outcome = (text: string) => [line('outcome', text), line('', `(${recomputed})`)]
  if (fate.outcome === 'filtered') return outcome(`filtered: ${fate.reason}`)
  if (fate.outcome === 'duplicate') {
    const what = fate.by === 'batch' ? 'second copy of its batch, which came first at' : 'the event came first at'
    return outcome(`duplicate: ${what} ${placeText(fate.of)}`)
  }
  return [
    ...outcome('aggregated'),
    line('cells', 'what it added, by series and cell'),
    ...fate.cells.flatMap(describeCell),
  ]
}

function describeCell({ key, added, holdsIt }: TracedCell): string[] {
  const figures = Object.entries(figuresOf(added)).map(([name, value]) => `${name} ${value > 0 ? '+' : ''}${value}`)
  const values = valuesOf(added).map(([dimension, value]) => `${dimension} ${value === '' ? '(none)' : value}`)
  const text = [`    ${seriesOf(key.site, key.granularity)} ${cellText(key)}`, `      ${figures.join(', ')}`]
  if (values.length > 0) text.push(`      under ${values.join(', ').replaceAll('\u0000', ' ')}`)
  if (!holdsIt) text.push('      the cell in the table has not come as far, or has expired')
  return text
}

/** For scripts: the last line of `--json`. */
export function toJson(trace: Trace): Record<string, unknown> {
  const { name, range, archived, inStream, inOverflow, inQuarantine } = trace
  return {
    ...name,
    found: isFound(trace),
    searched: { from: iso(range.from), to: iso(range.to) },
    archived: archived.map(({ fate, delivery, createdAt, ...copy }) => ({
      ...copy,
      ...delivery,
      received: iso(delivery.received),
      createdAt: createdAt === undefined ? null : iso(createdAt),
      recomputed: fate.outcome !== 'quarantined',
      ...fate,
      ...(fate.outcome === 'aggregated' && {
        cells: fate.cells.map(({ key, added, holdsIt }) => ({
          series: seriesOf(key.site, key.granularity),
          cell: cellText(key),
          added: figuresOf(added),
          under: valuesOf(added),
          holdsIt,
        })),
      }),
    })),
    inStream: inStream.map(({ shardId, sequence, delivery, record }) => ({
      shardId,
      sequence,
      received: iso(delivery.received),
      createdAt: iso(record.header.createdAt),
    })),
    inOverflow: inOverflow.map(({ object }) => object),
    inQuarantine: inQuarantine.map(({ object }) => object),
  }
}

/** What is not 0. */
function figuresOf({ totals }: Cell): Record<string, number> {
  const figures = [
    ...counts.map((count) => [count, totals[count]] as const),
    ['visitors', totals.visitors.count] as const,
  ]
  return Object.fromEntries(figures.filter(([, value]) => value !== 0))
}

function valuesOf({ dimensions }: Cell): [string, string][] {
  return [...dimensions].flatMap(([dimension, values]) =>
    [...values.keys()].map((value): [string, string] => [dimension, value]),
  )
}

function head(event: string, site: string, type: string, url: string): string[] {
  return [`${event}: ${type} on ${url}${event.includes(' of ') ? '' : `, site ${site}`}`]
}

function batchOf({ producerId, producerSequence }: { producerId: string; producerSequence: number }): string {
  return `batch ${producerSequence} of producer ${producerId}`
}

function placeText({ shardId, sequence, index }: Place): string {
  return `${shardId} ${sequence}, event ${index}`
}

function line(name: string, text: string): string {
  return `  ${name.padEnd(12)}${text}`
}

function iso(at: number): string {
  return new Date(at).toISOString()
}

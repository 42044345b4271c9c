/** What the quarantine holds, as text. */
import { decodeRecord } from '../../stream/record.ts'
import type { QuarantineEntry } from './stores.ts'

export function describeList(entries: readonly QuarantineEntry[]): string {
  if (entries.length === 0) return 'The quarantine is empty.'
  const rows = entries.map((entry) => [
    entry.since.slice(0, 'YYYY-MM-DDTHH:MM:SS'.length).replace('T', ' '),
    entry.consumer,
    entry.shardId,
    entry.sequenceNumber,
    String(entry.bytes),
    `${entry.code}: ${entry.reason}`,
  ])
  return table([['since (UTC)', 'consumer', 'shard', 'sequence', 'bytes', 'reason'], ...rows])
}

function table(rows: readonly string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

export function describeRecord(entry: QuarantineEntry, data: Uint8Array): string {
  const decoded = decodeRecord(data)
  const facts = {
    consumer: entry.consumer,
    shard: entry.shardId,
    sequence: entry.sequenceNumber,
    arrived: entry.arrived,
    'passed over': entry.since,
    reason: `${entry.code}: ${entry.reason}`,
    bytes: String(data.length),
    ...(decoded.ok && {
      producer: `${decoded.header.producerId}, batch ${decoded.header.producerSequence}`,
      trace: decoded.header.traceId,
      created: isoTime(decoded.header.createdAt),
      events: String(decoded.header.eventCount),
    }),
  }
  const lines = Object.entries(facts).map(([name, value]) => `${name.padEnd(11)}  ${value}`)
  const said = decoded.ok
    ? JSON.stringify(decoded.deliveries, null, 2)
    : `It cannot be decoded: ${decoded.error.code}, ${decoded.error.message}.`
  return [...lines, '', hexDump(data), '', said].join('\n')
}

function isoTime(epochMs: number): string {
  const time = new Date(epochMs)
  return Number.isNaN(time.getTime()) ? String(epochMs) : time.toISOString()
}

/** The header and a little of the body: enough to see what it is. */
const dumpedBytes = 128
const bytesPerLine = 16

function hexDump(data: Uint8Array): string {
  const head = Buffer.from(data.subarray(0, dumpedBytes))
  const lines: string[] = []
  for (let from = 0; from < head.length; from += bytesPerLine) {
    const line = head.subarray(from, from + bytesPerLine)
    const hex = [...line].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
    const text = line.toString('latin1').replace(/[^ -~]/g, '.')
    lines.push(`${from.toString(16).padStart(8, '0')}  ${hex.padEnd(3 * bytesPerLine)} ${text}`)
  }
  if (data.length > dumpedBytes) lines.push(`… ${data.length - dumpedBytes} bytes more`)
  return lines.join('\n')
}

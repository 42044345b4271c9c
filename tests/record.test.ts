import { crc32, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Delivery } from '../stream/event.ts'
import { decodeRecord, encodeRecord, type RecordHeader, recordHeaderBytes } from '../stream/record.ts'
import { aDelivery, anEvent } from './support/events.ts'

const hex = (digits: number) =>
  fc.array(fc.constantFrom(...'0123456789abcdef'), { minLength: digits, maxLength: digits }).map((all) => all.join(''))

const delivery: fc.Arbitrary<Delivery> = fc
  .record({
    site: fc.string({ unit: 'binary' }),
    visitor: hex(16),
    received: fc.nat(),
    userAgent: fc.string({ unit: 'binary' }),
    titles: fc.array(fc.string({ unit: 'binary', maxLength: 200 }), { maxLength: 5 }),
  })
  .map(({ titles, ...rest }) => ({ ...rest, events: titles.map((title, n) => anEvent({ n, title })) }))

const batch = fc
  .record({
    deliveries: fc.array(delivery, { maxLength: 8 }),
    producerId: hex(16),
    traceId: hex(32),
    producerSequence: fc.maxSafeNat(),
    createdAt: fc.maxSafeNat(),
  })
  .map(({ deliveries, ...header }) => {
    const eventCount = deliveries.reduce((sum, { events }) => sum + events.length, 0)
    return { deliveries, header: { ...header, eventCount } satisfies RecordHeader }
  })

const encode = ({ deliveries, header }: { deliveries: Delivery[]; header: RecordHeader }) =>
  encodeRecord(header, Buffer.from(JSON.stringify(deliveries)))

const sample = encode({
  deliveries: [aDelivery({ events: [anEvent(), anEvent({ n: 1, title: 'Straße 🌿' })] })],
  header: {
    producerId: '0123456789abcdef',
    producerSequence: 42,
    traceId: '0af7651916cd43dd8448eb211c80319c',
    createdAt: 1_773_144_000_000,
    eventCount: 2,
  },
})

/** Makes the checksum right again, so that what it guards against is seen by the checks behind it. */
function resealed(record: Buffer): Buffer {
  record.writeUInt32BE(crc32(record.subarray(recordHeaderBytes), crc32(record.subarray(0, 56))), 56)
  return record
}

const codeOf = (record: Uint8Array) => {
  const result = decodeRecord(record)
  return result.ok ? 'ok' : result.error.code
}

describe('a record', () => {
  it('gives back every batch exactly', () => {
    fc.assert(
      fc.property(batch, (original) => {
        expect(decodeRecord(encode(original))).toEqual({ ok: true, ...original })
      }),
    )
  })

  it('gives a typed error for every truncation', () => {
    for (let length = 0; length < sample.length; length++) {
      const expected = length < recordHeaderBytes ? 'too_short' : 'checksum_mismatch'
      expect(codeOf(sample.subarray(0, length)), `cut to ${length} bytes`).toBe(expected)
    }
  })

  it('gives a typed error for every flipped bit, in header and body', () => {
    for (let bit = 0; bit < sample.length * 8; bit++) {
      const flipped = Buffer.from(sample)
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7))
      expect(['bad_magic', 'unknown_version', 'checksum_mismatch'], `bit ${bit}`).toContain(codeOf(flipped))
    }
  })

  it('never crashes on arbitrary bytes, whatever the header claims', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(codeOf(bytes)).not.toBe('ok')
        const disguised = Buffer.concat([sample.subarray(0, 8), bytes, Buffer.alloc(recordHeaderBytes)])
        expect(codeOf(resealed(disguised))).not.toBe('ok')
      }),
    )
  })

  it('refuses a body that decodes to more than the header says', () => {
    const bomb = zstdCompressSync(Buffer.alloc(4 * 1024 * 1024, '['))
    const record = resealed(Buffer.concat([sample.subarray(0, recordHeaderBytes), bomb]))
    expect(codeOf(record)).toBe('bad_body')
    record.writeUInt32BE(0xffff_ffff, 12)
    expect(codeOf(resealed(record))).toBe('too_large')
  })

  it('refuses bodies that are no deliveries, and counts that are not true', () => {
    const withBody = (json: string) => {
      const record = Buffer.concat([sample.subarray(0, recordHeaderBytes), zstdCompressSync(Buffer.from(json))])
      record.writeUInt32BE(Buffer.byteLength(json), 12)
      return resealed(record)
    }
    expect(codeOf(withBody('{}'))).toBe('bad_body')
    expect(codeOf(withBody('[null]'))).toBe('bad_body')
    expect(codeOf(withBody('[{"site":"demo"}]'))).toBe('bad_body')
    expect(codeOf(withBody('[{"site":"demo","events":[]}]'))).toBe('count_mismatch')
  })

  it('is not read by another version or codec', () => {
    const other = (offset: number) => {
      const record = Buffer.from(sample)
      record[offset] = 9
      return resealed(record)
    }
    expect(codeOf(other(4))).toBe('unknown_version')
    expect(codeOf(other(5))).toBe('unknown_codec')
  })
})

/** What the endpoint does with clients that are too fast, too slow, or not what they should be. */
import { connect } from 'node:net'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRateLimit } from '../ingest/rate-limit.ts'
import { BareIngest, requestBody } from './support/bare-ingest.ts'
import { anEvent } from './support/events.ts'
import { eventually } from './support/eventually.ts'

const endpoint = new BareIngest()
let port: number
beforeAll(async () => {
  await endpoint.app.listen({ host: '127.0.0.1', port: 0 })
  port = (endpoint.app.server.address() as { port: number }).port
})
afterAll(() => endpoint.app.close())

describe('rates', () => {
  it('are limited by token buckets that fill again', () => {
    let at = 0
    const limit = createRateLimit(2, () => at)
    const passed = Array.from({ length: 25 }, () => limit.take('a')).filter((wait) => wait === 0)
    expect(passed).toHaveLength(20)
    expect(limit.take('a')).toBe(1)
    expect(limit.take('b')).toBe(0)
    at += 1000
    expect([limit.take('a'), limit.take('a'), limit.take('a')]).toEqual([0, 0, 1])
  })

  it('that are too high get 429 with Retry-After, before the body is read', async () => {
    endpoint.clientLimit = { take: () => 7 }
    const answer = await endpoint.post('this is not even JSON')
    endpoint.clientLimit = { take: () => 0 }
    expect([answer.statusCode, answer.json().code]).toEqual([429, 'too_many_requests'])
    expect(answer.headers['retry-after']).toBe('7')
    expect(answer.headers['access-control-expose-headers']).toBe('retry-after')
  })

  it('beyond what can be held get 503 at once', async () => {
    endpoint.inFlightBytes = 1000
    const answer = await endpoint.post(requestBody())
    endpoint.inFlightBytes = 0
    expect([answer.statusCode, answer.json().code, answer.headers['retry-after']]).toEqual([503, 'overloaded', '1'])
  })
})

describe('bodies', () => {
  it.each([
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ] as const)('may be %s', async (encoding, compress) => {
    const answer = await endpoint.post(compress(requestBody()), { 'content-encoding': encoding })
    expect(answer.json()).toMatchObject({ accepted: 1 })
  })

  it('are limited in what they decode to', async () => {
    const bomb = JSON.stringify({ site: 'demo', sentAt: 1, events: ['x'.repeat(50_000_000)] })
    for (const [encoding, compress] of [
      ['gzip', gzipSync],
      ['zstd', zstdCompressSync],
    ] as const) {
      const answer = await endpoint.post(compress(bomb), { 'content-encoding': encoding })
      expect([answer.statusCode, answer.json().code]).toEqual([413, 'body_too_large'])
    }
  })

  it('in other encodings, and broken ones, are refused', async () => {
    const unknown = await endpoint.post(requestBody(), { 'content-encoding': 'br' })
    expect([unknown.statusCode, unknown.json().code]).toEqual([415, 'unsupported_encoding'])
    const broken = await endpoint.post(requestBody(), { 'content-encoding': 'gzip' })
    expect([broken.statusCode, broken.json().code]).toEqual([400, 'unreadable_body'])
    const form = await endpoint.post('a=b', { 'content-type': 'application/x-www-form-urlencoded' })
    expect([form.statusCode, form.json().code]).toEqual([415, 'unsupported_media_type'])
  })
})

describe('seeing it', () => {
  it('names the record of an event, or the trace that the caller came with', async () => {
    expect((await endpoint.post(requestBody())).headers.traceparent).toMatch(/^00-(ab){16}-/)
    const trace = '0af7651916cd43dd8448eb211c80319c'
    endpoint.stored = []
    const answer = await endpoint.post(requestBody(), { traceparent: `00-${trace}-00f067aa0ba902b7-01` })
    expect(answer.headers.traceparent).toMatch(new RegExp(`^00-${trace}-`))
    expect(JSON.parse(endpoint.stored[0] ?? '')).toMatchObject({ trace })
  })

  it('counts what it does, for Prometheus', async () => {
    await endpoint.post(requestBody('demo', [anEvent(), { type: 'hover' }]))
    const { body: text, headers } = await endpoint.app.inject({ url: '/metrics' })
    expect(headers['content-type']).toContain('version=0.0.4')
    expect(text).toMatch(/^retrace_events_accepted_total [1-9]\d*$/m)
    expect(text).toMatch(/^retrace_events_rejected_total\{code="unknown_type"\} [1-9]\d*$/m)
    expect(text).toMatch(/^retrace_acknowledgement_seconds_bucket\{le="\+Inf"\} [1-9]\d*$/m)
    expect(text).toMatch(/^retrace_overflow_records 3$/m)
    for (const line of text.trim().split('\n'))
      expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|(retrace|process)_\w+(\{[^}]*\})? [\d.e+-]+)$/)
  })

  it('says that it drains, and lets connections go', async () => {
    endpoint.isDraining = true
    const ready = await endpoint.app.inject({ url: '/readyz' })
    endpoint.isDraining = false
    expect([ready.statusCode, ready.json().code, ready.headers.connection]).toEqual([503, 'draining', 'close'])
  })
})

describe('garbage', () => {
  const allowed = (status: number) => (status >= 200 && status < 300) || (status >= 400 && status < 500)

  it('of every kind in bodies and headers gets a 4xx with a code, never a 5xx', async () => {
    const headers = fc.dictionary(
      fc.constantFrom(
        'content-type',
        'content-encoding',
        'origin',
        'traceparent',
        'user-agent',
        'accept-language',
        'dnt',
        'x-forwarded-for',
        'cf-ipcountry',
        'cf-region-code',
      ),
      fc.oneof(
        fc.string({ maxLength: 40 }).map((text) => text.replace(/[^\x20-\x7e]/g, '')),
        fc.constantFrom('gzip', 'zstd', 'text/plain'),
      ),
    )
    const payload = fc.oneof(
      fc.json(),
      fc.string({ unit: 'binary' }),
      fc.anything().map((event) => requestBody('demo', [event])),
      fc
        .record({ site: fc.anything(), sentAt: fc.anything(), tag: fc.anything(), events: fc.anything() })
        .map((value) => JSON.stringify(value) ?? ''),
    )
    await fc.assert(
      fc.asyncProperty(payload, headers, async (text, more) => {
        const answer = await endpoint.post(text, more)
        expect(allowed(answer.statusCode), `${answer.statusCode} ${answer.body}`).toBe(true)
        if (answer.statusCode >= 400) expect(answer.json()).toHaveProperty('code')
      }),
      { numRuns: 1000 },
    )
  })

  /** Writes raw bytes and reads what comes back until the connection ends. */
  const raw = (bytes: string | Buffer) =>
    new Promise<string>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
      let text = ''
      socket.setTimeout(5000, () => socket.destroy(new Error('no answer')))
      socket.on('data', (chunk) => {
        text += chunk
        if (text.includes('"code"')) socket.destroy()
      })
      socket.on('close', () => resolve(text))
      socket.on('error', reject)
    })

  it.each([
    ['no HTTP at all', 'hello\r\n\r\n'],
    ['a bad header', 'POST /v1/events HTTP/1.1\r\nhost: x\r\nbad header\r\n\r\n'],
    ['headers without end', `GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`],
    ['two lengths', 'POST /v1/events HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nx'],
    ['an address that cannot be decoded', 'GET /v1/%zz HTTP/1.1\r\nhost: x\r\n\r\n'],
  ])('on the wire (%s) gets an answer with a code', async (_what, bytes) => {
    const answer = await raw(bytes)
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /)
    expect(answer).toContain('"code":"')
  })

  it('is no reason to stop', async () => {
    await eventually(async () => (await endpoint.post(requestBody())).statusCode === 202)
  })
})

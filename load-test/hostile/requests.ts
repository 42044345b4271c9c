/** Requests that no well-meaning client sends, as the bytes that go over the wire: seeded, endless in variety. */
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { between, pick, type Random } from '../random.ts'

export type HostileRequest = {
  kind: string
  bytes: Buffer
  /** The client goes away in the middle, or waits in silence, instead of reading an answer. */
  leaves: boolean
}

const event = { type: 'pageview', load: '00112233445566ff', n: 0, at: 1_773_144_000_000, url: 'https://shop.example/' }
const junk = [null, true, -1, 1e308, '', '\u0000', '__proto__', [], {}, 'x'.repeat(5000), [[[[]]]], '\ud800'] as const
const encodings = ['gzip', 'zstd', 'br', 'deflate', 'gzip, gzip', '', 'x'.repeat(200)] as const
const types = ['text/plain', 'application/json', 'text/plain; charset=utf-7', 'multipart/form-data', '*/*', ''] as const

type Make = (random: Random) => Buffer | string | { bytes: Buffer | string; leaves: true }

const kinds: Record<string, Make> = {
  'events with wrong fields': (random) => {
    const field = pick(random, [
      'type',
      'load',
      'n',
      'at',
      'url',
      'referrer',
      'props',
      'target',
      'title',
      'constructor',
    ])
    return post(JSON.stringify({ site: 'demo', sentAt: 1, events: [{ ...event, [field]: pick(random, junk) }] }))
  },
  'envelopes with wrong fields': (random) => {
    const field = pick(random, ['site', 'sentAt', 'events'])
    return post(JSON.stringify({ site: 'demo', sentAt: 1, events: [event], [field]: pick(random, junk) }))
  },
  'JSON with flipped bytes': (random) => {
    const body = Buffer.from(JSON.stringify({ site: 'demo', sentAt: 1, events: [event] }))
    for (let i = 0; i < 3; i++) body[between(random, 0, body.length - 1)] = between(random, 0, 255)
    return post(body)
  },
  'deep nesting': (random) => post('['.repeat(between(random, 1000, 200_000))),
  'random bytes': (random) =>
    post(noise(random, between(random, 0, 2000)), { 'content-encoding': pick(random, encodings) }),
  'random headers': (random) =>
    post(JSON.stringify({ site: 'demo', sentAt: 1, events: [event] }), {
      'content-type': pick(random, types),
      origin: printable(random, 200),
      traceparent: printable(random, 80),
      'user-agent': printable(random, 3000),
      'x-forwarded-for': printable(random, 100),
      'accept-language': printable(random, 100),
    }),
  'compressed bombs': (random) => {
    const zeros = Buffer.alloc(between(random, 1, 20) * 1024 * 1024)
    const gzip = random() < 0.5
    return post(gzip ? gzipSync(zeros) : zstdCompressSync(zeros), { 'content-encoding': gzip ? 'gzip' : 'zstd' })
  },
  'bodies that are too large': (random) => post('x'.repeat(between(random, 513, 700) * 1024)),
  'too many events': () => post(JSON.stringify({ site: 'demo', sentAt: 1, events: Array(501).fill(event) })),
  'wrong addresses': (random) => `GET /${encodeURI(printable(random, 300))} HTTP/1.1\r\nhost: x\r\n\r\n`,
  'wrong methods': (random) =>
    `${pick(random, ['PUT', 'DELETE', 'TRACE', 'BREW'])} /v1/events HTTP/1.1\r\nhost: x\r\n\r\n`,
  'pixels with wrong fields': (random) =>
    `GET /v1/pixel.gif?site=${encodeURIComponent(printable(random, 40))}&url=${encodeURIComponent(printable(random, 99))} HTTP/1.1\r\nhost: x\r\n\r\n`,
  'imports without a token': () => post('{}', { authorization: 'Bearer guess' }, '/v1/import'),
  'no HTTP': (random) => noise(random, between(random, 1, 300)),
  'contradicting lengths': () =>
    'POST /v1/events HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
  'broken chunks': () =>
    'POST /v1/events HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nabc\r\n',
  'large headers': (random) =>
    `GET /healthz HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(between(random, 17, 64) * 1024)}\r\n\r\n`,
  'bodies that never come': () => ({
    bytes: 'POST /v1/events HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\ncontent-length: 100000\r\n\r\n{"site":',
    leaves: true,
  }),
  'headers that never end': () => ({ bytes: 'POST /v1/events HTTP/1.1\r\nhost: x\r\nx-slow: ', leaves: true }),
}

const names = Object.keys(kinds) as [string, ...string[]]
/** Kinds that cost the sender much, and so would come seldom. */
const rare = new Set([
  'compressed bombs',
  'bodies that are too large',
  'deep nesting',
  'large headers',
  'too many events',
])

export function drawRequest(random: Random): HostileRequest {
  let kind = pick(random, names)
  while (rare.has(kind) && random() > 0.05) kind = pick(random, names)
  const made = (kinds[kind] as Make)(random)
  const { bytes, leaves } = typeof made === 'string' || Buffer.isBuffer(made) ? { bytes: made, leaves: false } : made
  return { kind, bytes: Buffer.from(bytes), leaves }
}

function post(body: string | Buffer, headers: Record<string, string> = {}, path = '/v1/events'): Buffer {
  const bytes = Buffer.from(body)
  const all = { host: 'x', 'content-type': 'text/plain', 'content-length': String(bytes.length), ...headers }
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.concat([Buffer.from(`POST ${path} HTTP/1.1\r\n${head.join('')}\r\n`), bytes])
}

function noise(random: Random, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => between(random, 0, 255)))
}

function printable(random: Random, maxLength: number): string {
  return String.fromCharCode(...Array.from({ length: between(random, 0, maxLength) }, () => between(random, 32, 126)))
}

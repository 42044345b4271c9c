/** Bodies as they come over a wire: in pieces, longer than allowed, broken off. Those of a request at once: ingest-protection.test.ts. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { limits } from '../stream/limits.ts'
import { BareIngest, requestBody } from './support/bare-ingest.ts'
import { anEvent } from './support/events.ts'
import { eventually } from './support/eventually.ts'

const endpoint = new BareIngest()
let port: number
beforeAll(async () => {
  await endpoint.app.listen({ host: '127.0.0.1', port: 0 })
  port = (endpoint.app.server.address() as { port: number }).port
})
beforeEach(() => {
  endpoint.stored = []
})
afterAll(() => endpoint.app.close())

/** A request whose headers are sent, with what is here of its body. */
async function begin(
  header: string,
  { path = '/v1/events', body = '' }: { path?: string; body?: string } = {},
): Promise<{ socket: Socket; answer: () => string }> {
  const socket = connect(port, '127.0.0.1')
  let answer = ''
  socket.on('data', (chunk) => {
    answer += chunk
  })
  // The endpoint may close while more is being written.
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.write(`POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\n${header}\r\n\r\n${body}`)
  return { socket, answer: () => answer }
}
const lengthOf = (body: Buffer) => `content-length: ${body.length}`
const chunk = (bytes: Buffer) =>
  Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')])
/** Two bytes of each letter may be in two pieces. */
const written = Buffer.from(requestBody('demo', [anEvent({ title: 'ä'.repeat(200) })]))
/** Pieces that do not come at once: a packet each. */
async function inPieces(socket: Socket, body: Buffer, write = (piece: Buffer) => socket.write(piece)): Promise<void> {
  const size = Math.ceil(body.length / 7)
  for (let at = 0; at < body.length; at += size) {
    write(body.subarray(at, at + size))
    await pause(5)
  }
}

it('are the same in pieces as in one', async () => {
  for (const header of [lengthOf(written), 'transfer-encoding: chunked']) {
    const { socket, answer } = await begin(header)
    if (header.startsWith('content')) await inPieces(socket, written)
    else {
      await inPieces(socket, written, (piece) => socket.write(chunk(piece)))
      socket.write('0\r\n\r\n')
    }
    await eventually(() => answer().includes('{"accepted":1,"rejected":[]}'))
    socket.destroy()
  }
  expect(endpoint.stored).toHaveLength(2)
  for (const text of endpoint.stored) expect(JSON.parse(text).events[0].title).toBe('ä'.repeat(200))
})

it('that say they are longer than allowed get 413 before they are sent', async () => {
  const { socket, answer } = await begin(`content-length: ${limits.requestBytes + 1}`)
  await eventually(() => answer().includes('"body_too_large"'))
  expect(answer()).toMatch(/^HTTP\/1\.1 413 .*connection: close/is)
  socket.destroy()
})

it('that turn out to be longer than allowed get 413, once, and are read no further', async () => {
  const { socket, answer } = await begin('transfer-encoding: chunked')
  const piece = chunk(Buffer.alloc(64 * 1024, ' '))
  for (let sent = 0; sent < 4 * limits.requestBytes && !answer(); sent += piece.length) {
    socket.write(piece)
    await pause(1)
  }
  await eventually(() => answer().includes('"body_too_large"'))
  await eventually(() => socket.destroyed)
  expect(answer().split('HTTP/1.1 413')).toHaveLength(2)
})

it('that end before they are whole are stored in no part, and are counted', async () => {
  const broken = () => Number(/code="unreadable_body"} (\d+)/.exec(endpoint.metrics.text(gauges))?.[1] ?? 0)
  const gauges = { inFlightBytes: 0, overflow: undefined, residentBytes: 0, cpuSeconds: 0 }
  const before = broken()
  const { socket } = await begin(lengthOf(written))
  socket.write(written.subarray(0, 100))
  await pause(20)
  socket.destroy()
  await eventually(() => broken() === before + 1)
  expect(endpoint.stored).toEqual([])
  expect((await endpoint.post(requestBody())).statusCode).toBe(202)
})

it('come one after the other over a connection, and behind one another', async () => {
  const { socket, answer } = await begin(lengthOf(written))
  socket.write(written)
  const answers = () => answer().split('HTTP/1.1 202').length - 1
  await eventually(() => answers() === 1)
  const next = `POST /v1/events HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\n${lengthOf(written)}\r\n\r\n${written}`
  socket.write(next)
  await eventually(() => answers() === 2)
  socket.write(next + next)
  await eventually(() => answers() === 4)
  expect(endpoint.stored).toHaveLength(4)
  socket.destroy()
})

it('come when the endpoint says that it waits for them', async () => {
  const { socket, answer } = await begin(`expect: 100-continue\r\n${lengthOf(written)}`)
  await eventually(() => answer().startsWith('HTTP/1.1 100 Continue'))
  socket.write(written)
  await eventually(() => answer().includes('{"accepted":1,"rejected":[]}'))
  socket.destroy()
})

it('are held by no connection once they are answered', async () => {
  const accepted = once(endpoint.app.server, 'connection') as Promise<[Socket & { parser?: { incoming: unknown } }]>
  const { socket, answer } = await begin(lengthOf(written))
  const [{ parser }] = await accepted
  await eventually(() => parser?.incoming !== null)
  socket.write(written)
  await eventually(() => answer().includes('{"accepted":1,"rejected":[]}'))
  expect(parser?.incoming).toBeNull()
  socket.destroy()
})

it('are whole where a hook waits while they come', async () => {
  const hash = 'a'.repeat(64)
  const events = [{ ...anEvent({ title: 'from a log' }), address: '203.0.113.7', userAgent: 'a browser' }]
  const body = JSON.stringify({ site: 'demo', source: hash, line: 1, prefix: hash, done: false, events })
  const header = `authorization: Bearer token\r\ncontent-length: ${body.length}`
  const { socket, answer } = await begin(header, { path: '/v1/import', body })
  await eventually(() => answer() !== '')
  expect(answer()).toContain('{"accepted":1,"rejected":[]}')
  expect(endpoint.stored.join()).toContain('from a log')
  socket.destroy()
})

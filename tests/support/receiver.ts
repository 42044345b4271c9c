/** A receiver of webhooks on this machine: a real HTTP server that remembers what it was sent. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { close, listen } from './embedded.ts'

export type Received = { path: string; headers: IncomingHttpHeaders; body: string }

export type Receiver = {
  url: string
  received: Received[]
  /** How it answers; by default with 204. */
  answer: (response: ServerResponse, received: Received) => void
  close(): Promise<void>
}

/** @param tls with it, it speaks https (certificate.ts) */
export async function startReceiver(tls?: { key: string; cert: string }): Promise<Receiver> {
  const listener: RequestListener = async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const received = { path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() }
    receiver.received.push(received)
    receiver.answer(response, received)
  }
  const server = tls ? createTlsServer(tls, listener) : createServer(listener)
  const receiver: Receiver = {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${await listen(server)}/alerts`,
    received: [],
    answer: (response) => response.writeHead(204).end(),
    close: () => close(server),
  }
  return receiver
}

/** As docs/anomaly-detection.md shows it to receivers. */
export function isSigned({ headers, body }: Received, secret: string): boolean {
  const expected = createHmac('sha256', secret).update(`${headers['retrace-timestamp']}.${body}`).digest()
  const [, hex = ''] = /^v1=([0-9a-f]{64})$/.exec(String(headers['retrace-signature'])) ?? []
  const given = Buffer.from(hex, 'hex')
  return given.length === expected.length && timingSafeEqual(given, expected)
}

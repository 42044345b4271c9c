/** One request over a kept connection, and exactly what became of it. */
import { Agent, request as open } from 'node:http'
import type { VisitorRequest } from './visitor.ts'

export type SendOutcome =
  /** `rejected`: places of the events that the endpoint would not take. Only a 202 that says so acknowledges. */
  | { kind: 'acknowledged'; rejected: number[] }
  | { kind: 'refused'; status: number }
  /** No complete answer. `handedOver` is undefined when the request was never written whole to a connection. */
  | { kind: 'unanswered'; code: string; handedOver: HandedOver | undefined }

/** Moments of one request, on the clock of performance.now. */
export type HandedOver = {
  /** Its last byte was written. */
  at: number
  /** When its connection was made; undefined when the endpoint had answered over it before. */
  connectedAt: number | undefined
}

export type Sender = {
  /** Never rejects. */
  send(request: VisitorRequest): Promise<SendOutcome>
  close(): void
}

/** Longer than the endpoint may take to give a batch up (RETRACE_KINESIS_PATIENCE_MS, and the overflow's own time) or to drain. */
const answerWithinMs = 20_000

/** At once; further requests wait for one. */
const connections = 64

export function createSender(ingestUrl: string, site: string): Sender {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const target = new URL('/v1/events', ingestUrl)
  return {
    send: ({ userAgent, events }) =>
      new Promise((resolve) => {
        const payload = Buffer.from(JSON.stringify({ site, sentAt: Date.now(), events }))
        const headers = {
          'content-type': 'text/plain;charset=UTF-8',
          'content-length': payload.length,
          'user-agent': userAgent,
        }
        let handedOver: HandedOver | undefined
        let connectedAt: number | undefined
        const fail = ({ code = 'ERROR' }: NodeJS.ErrnoException) => resolve({ kind: 'unanswered', code, handedOver })
        const request = open(target, { agent, method: 'POST', headers, timeout: answerWithinMs }, (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('error', fail)
          response.on('end', () => resolve(outcomeOf(response.statusCode ?? 0, Buffer.concat(chunks), events.length)))
        })
        request.on('socket', (socket) => {
          if (!socket.connecting) return
          socket.once('connect', () => {
            connectedAt = performance.now()
          })
        })
        request.on('finish', () => {
          handedOver = { at: performance.now(), connectedAt }
        })
        request.on('timeout', () => request.destroy(Object.assign(new Error('timed out'), { code: 'TIMEOUT' })))
        request.on('error', fail)
        request.end(payload)
      }),
    close: () => agent.destroy(),
  }
}

function outcomeOf(status: number, body: Buffer, eventCount: number): SendOutcome {
  if (status !== 202) return { kind: 'refused', status }
  try {
    const { accepted, rejected } = JSON.parse(body.toString()) as { accepted: number; rejected: { index: number }[] }
    if (accepted + rejected.length === eventCount)
      return { kind: 'acknowledged', rejected: rejected.map(({ index }) => index) }
  } catch {
    // As below.
  }
  // An answer that cannot be read or does not add up acknowledges nothing.
  return { kind: 'refused', status }
}

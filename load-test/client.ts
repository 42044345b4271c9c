import * as http from 'node:http'
import * as https from 'node:https'
import type { Outcome } from './tally.ts'
import type { TrafficRequest } from './traffic.ts'

/** An answer holds a line for each refused event; longer ones are read to their end and not parsed. */
const maxAnswerBytes = 256 * 1024

export type Client = {
  /** Never rejects: what goes wrong is an outcome too. */
  send(request: TrafficRequest): Promise<Outcome>
  /** Whether anything answers at all; the reason if not. */
  probe(): Promise<{ ok: true } | { ok: false; reason: string }>
  /** Ends connections, and with them the requests that still wait. */
  close(): void
}

/**
 * Posts to an endpoint over kept connections. node:http rather than fetch: the generator shares the machine with
 * what it measures, and should take little of it.
 *
 * @param url where the endpoint is, without path
 * @param maxSockets connections at once
 */
export function createClient(url: URL, maxSockets: number, requestTimeoutMs: number): Client {
  const { Agent, request: open } = url.protocol === 'https:' ? https : http
  const agent = new Agent({ keepAlive: true, maxSockets })
  const target = new URL('/v1/events', url)

  return {
    send: ({ userAgent, language, body }) =>
      new Promise((resolve) => {
        const payload = Buffer.from(JSON.stringify(body))
        const headers = {
          // What the snippet sends, because it needs no CORS preflight.
          'content-type': 'text/plain;charset=UTF-8',
          'content-length': payload.length,
          'user-agent': userAgent,
          'accept-language': language,
        }
        const request = open(target, { agent, method: 'POST', headers, timeout: requestTimeoutMs }, (response) => {
          readAnswer(response).then(resolve, fail)
        })
        const fail = (error: NodeJS.ErrnoException) => resolve({ kind: 'failed', code: error.code ?? 'ERROR' })
        request.on('timeout', () => request.destroy(Object.assign(new Error('timed out'), { code: 'TIMEOUT' })))
        request.on('error', fail)
        request.end(payload)
      }),
    probe: () =>
      new Promise((resolve) => {
        const request = open(new URL('/healthz', url), { agent, timeout: 5000 }, (response) => {
          response.resume()
          response.on('error', () => undefined)
          resolve({ ok: true })
        })
        request.on('timeout', () => request.destroy(new Error('no answer within 5 s')))
        request.on('error', (error: NodeJS.ErrnoException) =>
          resolve({ ok: false, reason: error.code ?? error.message }),
        )
        request.end()
      }),
    close: () => agent.destroy(),
  }
}

async function readAnswer(response: http.IncomingMessage): Promise<Outcome> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes <= maxAnswerBytes) chunks.push(chunk)
  }
  const status = response.statusCode ?? 0
  const stored = status >= 200 && status < 300 && bytes <= maxAnswerBytes
  const { accepted, rejected } = stored ? parseAnswer(Buffer.concat(chunks).toString()) : nothing
  return { kind: 'answered', status, accepted, rejected }
}

const nothing = { accepted: 0, rejected: 0 }

/** `{accepted, rejected: […]}`; whatever else answers 2xx has not said that it stored anything. */
function parseAnswer(text: string): { accepted: number; rejected: number } {
  try {
    const answer = JSON.parse(text) as { accepted?: unknown; rejected?: unknown } | null
    return {
      accepted: Number.isInteger(answer?.accepted) ? (answer?.accepted as number) : 0,
      rejected: Array.isArray(answer?.rejected) ? answer.rejected.length : 0,
    }
  } catch {
    return nothing
  }
}

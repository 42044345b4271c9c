/** Passing requests on to the store, as they came. */
import * as http from 'node:http'
import * as https from 'node:https'

/** Headers of one hop (RFC 9110, section 7.6.1), and `expect`, which Node has answered for us already. */
const ofOneHop = new Set(['connection', 'keep-alive', 'transfer-encoding', 'te', 'trailer', 'upgrade', 'expect'])

export type Forwarded = { method: string; path: string; rawHeaders: readonly string[]; body: Buffer }

export type Forwarder = {
  /** Resolves with the store's answer, its body not yet read; rejects when there is none. */
  forward(request: Forwarded): Promise<http.IncomingMessage>
  close(): void
}

export function createForwarder(target: URL): Forwarder {
  const { Agent, request: open } = target.protocol === 'https:' ? https : http
  const agent = new Agent({ keepAlive: true })
  return {
    forward: ({ method, path, rawHeaders, body }) =>
      new Promise((resolve, reject) => {
        const headers = withoutHop(rawHeaders, ['content-length'])
        if (body.length > 0 || method === 'POST' || method === 'PUT') headers.push('content-length', `${body.length}`)
        const request = open(new URL(path, target), { agent, method, headers }, resolve)
        request.on('error', reject)
        request.end(body)
      }),
    close: () => agent.destroy(),
  }
}

/** Name, value, name, value, … as Node gives and takes them: names keep their case, repeated ones stay apart. */
export function withoutHop(rawHeaders: readonly string[], alsoWithout: readonly string[] = []): string[] {
  const kept: string[] = []
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string
    const lower = name.toLowerCase()
    if (!ofOneHop.has(lower) && !alsoWithout.includes(lower)) kept.push(name, rawHeaders[i + 1] as string)
  }
  return kept
}

/** @returns the whole body, or undefined when it is longer than `maxBytes` (the rest is not kept) */
export async function readBody(message: http.IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of message as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes <= maxBytes) chunks.push(chunk)
  }
  return bytes <= maxBytes ? Buffer.concat(chunks) : undefined
}

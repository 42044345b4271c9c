/**
 * The browser script under its names. Compressed once, since it is small and asked for often; the ETag lets browsers and
 * proxies ask whether theirs is still the one. Any page may load it with `integrity`, for which it must be readable.
 */
import { createHash } from 'node:crypto'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import type { FastifyInstance } from 'fastify'

const types = {
  'retrace.js': 'text/javascript; charset=utf-8',
  'retrace-more.js': 'text/javascript; charset=utf-8',
  'retrace-map.js': 'text/javascript; charset=utf-8',
  'retrace.mjs': 'text/javascript; charset=utf-8',
  'retrace.d.mts': 'application/typescript; charset=utf-8',
} as const

export type SnippetFile = keyof typeof types
export const snippetFiles = Object.keys(types) as SnippetFile[]

/** The files as `npm run build` makes them. */
export type Snippet = Readonly<Record<SnippetFile, Buffer>>

export function registerSnippet(app: FastifyInstance, snippet: Snippet): void {
  for (const name of snippetFiles) {
    const plain = snippet[name]
    const hash = createHash('sha256').update(plain).digest('base64url').slice(0, 22)
    const encodings = [
      { encoding: 'br', isAccepted: accepts('br'), body: brotliCompressSync(plain) },
      { encoding: 'gzip', isAccepted: accepts('gzip'), body: gzipSync(plain) },
    ]
    app.get(`/${name}`, async (request, reply) => {
      const accepted = request.headers['accept-encoding'] ?? ''
      const compressed = encodings.find(({ isAccepted }) => isAccepted.test(accepted))
      // Each encoding is a representation of its own (RFC 9110, 8.8.3.3).
      const etag = `"${hash}${compressed ? `-${compressed.encoding}` : ''}"`
      reply.headers({
        'cache-control': 'public, max-age=3600',
        'cross-origin-resource-policy': 'cross-origin',
        etag,
        vary: 'accept-encoding',
        'x-content-type-options': 'nosniff',
      })
      if (request.headers['if-none-match']?.split(/\s*,\s*/).some((known) => known.replace(/^W\//, '') === etag))
        return reply.code(304).send()
      if (compressed) reply.header('content-encoding', compressed.encoding)
      return reply.type(types[name]).send(compressed?.body ?? plain)
    })
  }
}

/** Named, and not with a weight of nothing (`q=0`, `q=0.000`). */
function accepts(encoding: string): RegExp {
  return new RegExp(`\\b${encoding}\\b(?!\\s*;\\s*q=0(?:\\.0*)?\\s*(?:,|$))`)
}

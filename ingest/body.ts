/** Request bodies: JSON, plain, gzipped or zstd, with the limit on what they decode to. */
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import type { FastifyInstance } from 'fastify'
import { limits } from '../stream/limits.ts'
import { Problem } from './problems.ts'

type Decode = (body: Buffer) => Buffer

const bound = { maxOutputLength: limits.requestBytes }
const decoders: Record<string, Decode> = {
  identity: (body) => body,
  gzip: (body) => gunzipSync(body, bound),
  zstd: (body) => zstdDecompressSync(body, bound),
}

/**
 * The snippet posts text/plain, which needs no CORS preflight; it is JSON all the same.
 *
 * @param read makes of the decoded body what the routes of `app` find as `request.body`; throws a Problem
 */
export function acceptBodies(app: FastifyInstance, read: (body: Buffer) => unknown): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(['text/plain', 'application/json'], { parseAs: 'buffer' }, (request, body, done) => {
    try {
      done(null, read(decodeBody(body as Buffer, request.headers['content-encoding'])))
    } catch (error) {
      done(error as Error)
    }
  })
}

/** @throws Problem when it is no JSON */
export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString())
  } catch (cause) {
    throw new Problem('unreadable_body', { cause })
  }
}

/** @throws Problem saying what is wrong with it */
function decodeBody(body: Buffer, encoding = 'identity'): Buffer {
  const decode = decoders[encoding.trim().toLowerCase()]
  if (!decode) throw new Problem('unsupported_encoding')
  try {
    return decode(body)
  } catch (cause) {
    const tooLarge = (cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
    throw new Problem(tooLarge ? 'body_too_large' : 'unreadable_body', { cause })
  }
}

/** Request bodies: JSON, plain, gzipped or zstd, with the limit on what they decode to. */
import type { IncomingMessage } from 'node:http'
import { gunzipSync } from 'node:zlib'
import type { FastifyInstance } from 'fastify'
import { limits } from '../stream/limits.ts'
import { decompress } from '../stream/zstd.ts'
import { GatheredRequest } from './gathered-request.ts'
import { Problem } from './problems.ts'

type Decode = (body: Buffer) => Buffer

const nothing = Buffer.alloc(0)
const bound = { maxOutputLength: limits.requestBytes }
const decoders: Record<string, Decode> = {
  identity: (body) => body,
  gzip: (body) => gunzipSync(body, bound),
  zstd: (body) => decompress(body, bound),
}

/**
 * The snippet posts text/plain, which needs no CORS preflight; it is JSON all the same.
 *
 * @param read makes of the decoded body what the routes of `app` find as `request.body`; throws a Problem
 */
export function acceptBodies(app: FastifyInstance, read: (body: Buffer) => unknown): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(['text/plain', 'application/json'], ({ headers }, payload, done) => {
    gather(payload, headers['content-length'], (problem, body) => {
      if (problem) {
        done(problem)
        return
      }
      let content: unknown
      try {
        content = read(decodeBody(body, headers['content-encoding']))
      } catch (error) {
        done(error as Error)
        return
      }
      done(null, content)
    })
  })
}

/** As Fastify gathers bodies, in fewer steps: one that came in one piece, as nearly all do, is taken as it is. */
function gather(
  payload: IncomingMessage,
  contentLength: string | undefined,
  done: (problem: Problem | undefined, body: Buffer) => void,
): void {
  if (Number(contentLength) > limits.requestBytes) {
    done(new Problem('body_too_large'), nothing)
    return
  }
  /** Undefined when it is known what becomes of the body. */
  let chunks: Buffer[] | undefined = []
  let length = 0
  payload.on('error', (cause) => end(new Problem('unreadable_body', { cause })))
  if (!(payload instanceof GatheredRequest && payload.gather(take))) {
    // Behind a hook that waits (ingest/import-route.ts), or over no wire (ingest/function/).
    payload.on('data', take)
    payload.on('end', () => take(null))
  }

  function take(chunk: Buffer | null): void {
    if (chunk === null) end()
    else if (chunks) {
      chunks.push(chunk)
      length += chunk.length
      if (length > limits.requestBytes) end(new Problem('body_too_large'))
    }
  }

  function end(problem?: Problem): void {
    if (!chunks) return
    const [first = nothing] = chunks
    const body = problem || chunks.length < 2 ? first : Buffer.concat(chunks, length)
    chunks = undefined
    done(problem, body)
  }
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

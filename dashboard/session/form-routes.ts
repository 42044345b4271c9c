/** What the routes of forms share: bodies that forms send, cookies, and the answer to what was wrong. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Assets, sendAsset } from '../assets.ts'
import type { FormName } from '../forms.ts'
import type { Store } from '../store/store.ts'
import type { Passwords } from './passwords.ts'
import type { Sessions } from './session.ts'
import type { Throttle } from './throttle.ts'

export type FormRoutesOptions = {
  store: Store
  sessions: Sessions
  passwords: Passwords
  throttle: Throttle
  assets: Assets
  now: () => number
}

/** RFC 5321 has no longer ones; a key of DynamoDB takes four times as much. */
export const maxEmailLength = 254
/** An address, a password, and what a browser wraps them in. */
const maxFormBytes = 4096

export type FormBody = Record<string, string> | undefined

/**
 * Within a plugin of its own: nothing else takes what forms of other origins may send without asking. Nor does it take
 * anything else: fields of a form are texts, those of JSON may be whatever.
 */
export function takeForms(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: maxFormBytes },
    (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(body as string))),
  )
}

/** Forms of which only that they came counts, in either way that RFC 8058 has mail programs send them. */
export function takeAnyForm(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    ['application/x-www-form-urlencoded', 'multipart/form-data'],
    { parseAs: 'string', bodyLimit: maxFormBytes },
    (_request, _body, done) => done(null, undefined),
  )
}

export function sendForm(
  request: FastifyRequest,
  reply: FastifyReply,
  assets: Assets,
  status: number,
  name: FormName,
): FastifyReply {
  return sendAsset(request, reply.code(status), assets, name)
}

export function cookieOptions(request: FastifyRequest) {
  return { path: '/', httpOnly: true, sameSite: 'lax', secure: request.protocol === 'https' } as const
}

/** Addresses are told apart without regard to case, as every mail server does. */
export function emailOf(text: string | undefined): string {
  return String(text ?? '')
    .trim()
    .toLowerCase()
}

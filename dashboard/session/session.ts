/**
 * Who is asking. There is one administrator, and one token: sent as a bearer token, or exchanged at sign-in for a
 * cookie that says until when it is good, signed with a key made from the token. Nothing is stored: a new token
 * ends every session.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

export const sessionCookie = 'retrace_session'
export const sessionMs = 30 * 86_400_000

export type Sessions = {
  isToken(candidate: string): boolean
  /** A cookie's value, good for `sessionMs`. */
  issue(now: number): string
  isSession(cookie: string, now: number): boolean
}

export function createSessions(adminToken: string): Sessions {
  const tokenDigest = digest(adminToken)
  const key = createHmac('sha256', adminToken).update('retrace session cookie, version 1').digest()
  const sign = (expiry: string) => createHmac('sha256', key).update(expiry).digest('base64url')

  return {
    isToken: (candidate) => timingSafeEqual(digest(candidate), tokenDigest),
    issue(now) {
      const expiry = String(now + sessionMs)
      return `${expiry}.${sign(expiry)}`
    },
    isSession(cookie, now) {
      const [expiry = '', signature = ''] = cookie.split('.')
      return timingSafeEqual(digest(signature), digest(sign(expiry))) && Number(expiry) > now
    },
  }
}

/** Texts of any length as 32 bytes, so that comparing them takes the same time whatever they are. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

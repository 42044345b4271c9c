/**
 * Cookies that say who signed in, until when they are good, and a signature by a key made from the administrator's
 * token: nothing is stored, and a new token ends every session. A member's cookie also names the `epoch` that the member
 * had: it changes with the password and goes with the member, so either ends their sessions (docs/decisions/0020).
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

export const sessionCookie = 'retrace_session'
/** Beside a session, not in its place: whoever opens a shared link goes on as whom they are. */
export const sharedCookie = 'retrace_shared'
export const sessionMs = 30 * 86_400_000

export type Subject =
  | { by: 'administrator' }
  | { by: 'member'; name: string; epoch: string }
  /** By the link's id. */
  | { by: 'link'; name: string }

export type Sessions = {
  isToken(candidate: string): boolean
  /** A cookie's value, good for `sessionMs`. */
  issue(subject: Subject, now: number): string
  /** @returns undefined for what was not issued here, or is over */
  read(cookie: string, now: number): Subject | undefined
}

export function createSessions(adminToken: string): Sessions {
  const tokenDigest = digest(adminToken)
  const key = createHmac('sha256', adminToken).update('retrace session cookie, version 2').digest()
  const sign = (content: string) => createHmac('sha256', key).update(content).digest('base64url')

  return {
    isToken: (candidate) => timingSafeEqual(digest(candidate), tokenDigest),
    issue(subject, now) {
      const content = Buffer.from(JSON.stringify({ ...subject, until: now + sessionMs })).toString('base64url')
      return `${content}.${sign(content)}`
    },
    read(cookie, now) {
      const [content = '', signature = ''] = cookie.split('.')
      if (!timingSafeEqual(digest(signature), digest(sign(content)))) return undefined
      // It has our signature: it is what `issue` wrote.
      const { until, ...subject } = JSON.parse(Buffer.from(content, 'base64url').toString()) as Subject & {
        until: number
      }
      return until > now ? subject : undefined
    },
  }
}

/** Texts of any length as 32 bytes, so that comparing them takes the same time whatever they are. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

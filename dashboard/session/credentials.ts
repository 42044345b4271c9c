/** Finds out who sent a request: the administrator's token or another, or the cookies of a session and of a shared link. */
import type { FastifyRequest } from 'fastify'
import type { Role } from '../answers.ts'
import { Problem } from '../problems.ts'
import type { Link } from '../store/links.ts'
import type { Store } from '../store/store.ts'
import type { Token } from '../store/tokens.ts'
import { type Access, administratorAccess } from './access.ts'
import { secretId, tokenPrefix } from './secrets.ts'
import { type Sessions, type Subject, sessionCookie, sharedCookie } from './session.ts'
import { isOpen } from './shared-link.ts'
import { networkOf, retryAfterSeconds, type Throttle } from './throttle.ts'

/** When a token was last used is kept to the minute: a write a minute, not one a request. */
const usedEveryMs = 60_000

export type CredentialsOptions = { store: Store; sessions: Sessions; throttle: Throttle; now: () => number }

export type Credentials = {
  /** One access for each credential that is good. */
  accesses: Access[]
  /** Whether they came by themselves, as cookies do: then others may have made the browser ask. */
  byCookie: boolean
}

/** @throws Problem when the address has guessed too often */
export async function findCredentials(request: FastifyRequest, options: CredentialsOptions): Promise<Credentials> {
  const bearer = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
  if (bearer !== undefined) return { accesses: await accessesOfBearer(request.ip, bearer, options), byCookie: false }
  const found = [sessionCookie, sharedCookie].map(async (name) => {
    const cookie = request.cookies[name]
    const subject = cookie === undefined ? undefined : options.sessions.read(cookie, options.now())
    return subject && accessOf(subject, options)
  })
  return { accesses: (await Promise.all(found)).filter((access) => access !== undefined), byCookie: true }
}

async function accessesOfBearer(address: string, token: string, options: CredentialsOptions): Promise<Access[]> {
  const { store, sessions, throttle, now } = options
  // Counted apart from the form: a script with an old token keeps nobody from signing in.
  const guesser = `bearer ${networkOf(address)}`
  if (!throttle.allows(guesser)) throw new Problem('too_many_attempts', { retryAfterSeconds })
  if (sessions.isToken(token)) return [administratorAccess]
  const known = token.startsWith(tokenPrefix) ? await store.tokens.find(secretId(token)) : undefined
  if (known) {
    const at = now()
    // A note that gets lost is made again with the next request; this one is answered whatever becomes of it.
    if (at - (known.usedAt ?? 0) >= usedEveryMs) await store.tokens.used(known.id, at).catch(() => {})
    return [accessOfToken(known)]
  }
  throttle.failed(guesser)
  return []
}

function accessOfToken({ name, site, role }: Token): Access {
  const administrator = role === 'administrator'
  const own: Role = administrator ? 'owner' : role
  return {
    by: 'token',
    name,
    administrator,
    everywhere: site === undefined ? own : undefined,
    sites: new Map(site === undefined ? [] : [[site, own]]),
  }
}

function accessOfLink({ name, site }: Link): Access {
  return { by: 'link', name, administrator: false, everywhere: undefined, sites: new Map([[site, 'viewer']]) }
}

/** Looked up at every request: what is taken away from somebody is gone at once, on every instance. */
async function accessOf(subject: Subject, { store, now }: CredentialsOptions): Promise<Access | undefined> {
  if (subject.by === 'administrator') return administratorAccess
  if (subject.by === 'link') {
    const link = await store.links.find(subject.name)
    return link && isOpen(link, now()) ? accessOfLink(link) : undefined
  }
  const member = await store.members.find(subject.name)
  if (!member || member.epoch !== subject.epoch) return undefined
  return { by: 'member', name: member.email, administrator: false, everywhere: undefined, sites: member.roles }
}

/** Who is asking, and a member's own password. */
import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import type { SessionAnswer } from '../answers.ts'
import { Problem } from '../problems.ts'
import { cookieOptions } from '../session/form-routes.ts'
import type { Passwords } from '../session/passwords.ts'
import { type Sessions, sessionCookie, sessionMs } from '../session/session.ts'
import { retryAfterSeconds, type Throttle } from '../session/throttle.ts'
import type { Store } from '../store/store.ts'
import { passwordBodySchema, sessionSchema } from './access-schemas.ts'

export type SessionOptions = {
  store: Store
  sessions: Sessions
  passwords: Passwords
  throttle: Throttle
  now: () => number
}

export function registerSession(app: FastifyInstance, options: SessionOptions): void {
  const { store, sessions, passwords, throttle, now } = options

  app.get(
    '/api/session',
    { schema: { summary: 'Who is asking', response: { 200: sessionSchema } } },
    async ({ accesses }): Promise<SessionAnswer> => {
      const [first] = accesses
      if (!first) throw new Problem('not_signed_in')
      return { by: first.by, name: first.name, administrator: first.administrator }
    },
  )

  app.post<{ Body: { current: string; next: string } }>(
    '/api/session/password',
    {
      schema: {
        summary: 'Change your password',
        description: 'All your sessions end; this one goes on, by the cookie of the answer.',
        body: passwordBodySchema,
        response: { 200: sessionSchema },
      },
    },
    async (request, reply): Promise<SessionAnswer> => {
      const name = request.accesses.find(({ by }) => by === 'member')?.name ?? ''
      const guesser = `member ${name}`
      if (!throttle.allows(guesser)) throw new Problem('too_many_attempts', { retryAfterSeconds })
      throttle.failed(guesser)
      const member = await store.members.find(name)
      const check = await passwords.check(request.body.current, member?.password)
      if (check === 'busy') throw new Problem('too_many_passwords')
      if (check === 'wrong' || !member) throw new Problem('wrong_password')
      throttle.forgive(guesser)
      const password = await passwords.hash(request.body.next)
      if (password === undefined) throw new Problem('too_many_passwords')
      const epoch = randomUUID()
      // Somebody else changed it meanwhile: what was checked is the password no more.
      if (!(await store.members.setPassword(name, password, epoch, member.epoch))) throw new Problem('wrong_password')
      const cookie = sessions.issue({ by: 'member', name, epoch }, now())
      reply.setCookie(sessionCookie, cookie, { ...cookieOptions(request), maxAge: sessionMs / 1000 })
      return { by: 'member', name, administrator: false }
    },
  )
}

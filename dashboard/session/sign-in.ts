/** Sign-in by link (printed at start), by e-mail address and password, by token; and sign-out. */
import cookie from '@fastify/cookie'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { findCredentials } from './credentials.ts'
import {
  cookieOptions,
  emailOf,
  type FormBody,
  type FormRoutesOptions,
  maxEmailLength,
  sendForm,
  takeForms,
} from './form-routes.ts'
import { type Subject, sessionCookie, sessionMs, sharedCookie } from './session.ts'
import { networkOf } from './throttle.ts'

export function registerSignIn(app: FastifyInstance, options: FormRoutesOptions): void {
  const { store, sessions, passwords, throttle, assets } = options

  function byToken(request: FastifyRequest, reply: FastifyReply, token: string): FastifyReply {
    const guesser = `sign-in ${networkOf(request.ip)}`
    if (!throttle.allows(guesser)) return sendForm(request, reply, assets, 429, 'sign-in-throttled.html')
    if (!sessions.isToken(token)) {
      throttle.failed(guesser)
      return sendForm(request, reply, assets, 401, 'sign-in-wrong.html')
    }
    return signIn(request, reply, options, { by: 'administrator' })
  }

  async function byPassword(request: FastifyRequest, reply: FastifyReply, body: FormBody): Promise<FastifyReply> {
    const email = emailOf(body?.email)
    const guessers = [`sign-in ${networkOf(request.ip)}`, `member ${email}`]
    if (!throttle.allows(...guessers)) return sendForm(request, reply, assets, 429, 'sign-in-throttled.html')
    throttle.failed(...guessers)
    const member = email === '' || email.length > maxEmailLength ? undefined : await store.members.find(email)
    const check = await passwords.check(String(body?.password ?? ''), member?.password)
    if (check === 'busy') return sendForm(request, reply, assets, 503, 'sign-in-busy.html')
    if (check === 'wrong' || !member) return sendForm(request, reply, assets, 401, 'sign-in-wrong.html')
    throttle.forgive(...guessers)
    return signIn(request, reply, options, { by: 'member', name: member.email, epoch: member.epoch })
  }

  app.get<{ Querystring: { token?: string } }>('/sign-in', async (request, reply) => {
    const { token } = request.query
    if (typeof token === 'string' && token !== '') return byToken(request, reply, token)
    const { accesses } = await findCredentials(request, options)
    if (accesses.some(({ by }) => by !== 'link')) return reply.redirect('/', 303)
    return sendForm(request, reply, assets, 200, 'sign-in.html')
  })

  app.register(async (forms) => {
    takeForms(forms)
    forms.post<{ Body: FormBody }>('/sign-in', async (request, reply) => {
      const token = request.body?.token
      return token === undefined ? byPassword(request, reply, request.body) : byToken(request, reply, token.trim())
    })
    forms.post('/sign-out', async (request, reply) =>
      reply
        .clearCookie(sessionCookie, cookieOptions(request))
        .clearCookie(sharedCookie, cookieOptions(request))
        .redirect('/sign-in', 303),
    )
  })
}

export function registerCookies(app: FastifyInstance): void {
  app.register(cookie)
}

/** Begins a session, and goes to the figures. */
export function signIn(
  request: FastifyRequest,
  reply: FastifyReply,
  { sessions, now }: Pick<FormRoutesOptions, 'sessions' | 'now'>,
  subject: Subject,
): FastifyReply {
  return reply
    .setCookie(sessionCookie, sessions.issue(subject, now()), { ...cookieOptions(request), maxAge: sessionMs / 1000 })
    .redirect('/', 303)
}

/** What a shared link opens: the figures of its site, after its password if it has one. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { FormName } from '../forms.ts'
import type { Link } from '../store/links.ts'
import { cookieOptions, type FormBody, type FormRoutesOptions, sendForm, takeForms } from './form-routes.ts'
import { secretId } from './secrets.ts'
import { sessionMs, sharedCookie } from './session.ts'
import { networkOf } from './throttle.ts'

type SharedRoute = { Params: { secret: string }; Body: FormBody }

export function registerSharedLink(app: FastifyInstance, options: FormRoutesOptions): void {
  const { store, sessions, passwords, throttle, assets, now } = options

  async function find(secret: string): Promise<Link | undefined> {
    const link = await store.links.find(secretId(secret))
    return link && isOpen(link, now()) ? link : undefined
  }

  const answer = (request: FastifyRequest, reply: FastifyReply, status: number, name: FormName) =>
    sendForm(request, reply, assets, status, name)

  function open(request: FastifyRequest, reply: FastifyReply, { id, site }: Link): FastifyReply {
    const cookie = sessions.issue({ by: 'link', name: id }, now())
    return reply
      .setCookie(sharedCookie, cookie, { ...cookieOptions(request), maxAge: sessionMs / 1000 })
      .redirect(`/sites/${encodeURIComponent(site)}`, 303)
  }

  app.get<SharedRoute>('/share/:secret', async (request, reply) => {
    const link = await find(request.params.secret)
    if (!link) return answer(request, reply, 404, 'shared-gone.html')
    return link.password === undefined ? open(request, reply, link) : answer(request, reply, 200, 'shared.html')
  })

  app.register(async (forms) => {
    takeForms(forms)
    forms.post<SharedRoute>('/share/:secret', async (request, reply) => {
      const link = await find(request.params.secret)
      if (!link) return answer(request, reply, 404, 'shared-gone.html')
      const guessers = [`sign-in ${networkOf(request.ip)}`, `link ${link.id}`]
      if (!throttle.allows(...guessers)) return answer(request, reply, 429, 'shared-throttled.html')
      throttle.failed(...guessers)
      const check = await passwords.check(String(request.body?.password ?? ''), link.password)
      if (check === 'busy') return answer(request, reply, 503, 'shared-busy.html')
      if (check === 'wrong') return answer(request, reply, 401, 'shared-wrong.html')
      throttle.forgive(...guessers)
      return open(request, reply, link)
    })
  })
}

export function isOpen({ expiresAt }: Link, now: number): boolean {
  return expiresAt === undefined || expiresAt > now
}

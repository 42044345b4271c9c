/** What a reset's link opens: a form for a member who has forgotten their password. They choose another, once. */
import { randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { minPasswordLength } from '../answers.ts'
import type { FormName } from '../forms.ts'
import { isOfUse, type Reset } from '../store/resets.ts'
import { emailOf, type FormBody, type FormRoutesOptions, sendForm, takeForms } from './form-routes.ts'
import { maxPasswordLength } from './passwords.ts'
import { secretId } from './secrets.ts'
import { signIn } from './sign-in.ts'
import { networkOf } from './throttle.ts'

type ResetRoute = { Params: { secret: string }; Body: FormBody }

export function registerReset(app: FastifyInstance, options: FormRoutesOptions): void {
  const { store, passwords, throttle, assets, now } = options

  async function find(secret: string): Promise<Reset | undefined> {
    const reset = await store.resets.find(secretId(secret))
    return reset && reset.expiresAt > now() && (await isStillOfUse(reset)) ? reset : undefined
  }

  const isStillOfUse = async (reset: Reset) => isOfUse(reset, await store.members.find(reset.email))

  const answer = (request: FastifyRequest, reply: FastifyReply, status: number, name: FormName) =>
    sendForm(request, reply, assets, status, name)

  app.get<ResetRoute>('/resets/:secret', async (request, reply) => {
    if (!(await find(request.params.secret))) return answer(request, reply, 404, 'reset-gone.html')
    return answer(request, reply, 200, 'reset.html')
  })

  app.register(async (forms) => {
    takeForms(forms)
    forms.post<ResetRoute>('/resets/:secret', async (request, reply) => {
      const reset = await find(request.params.secret)
      if (!reset) return answer(request, reply, 404, 'reset-gone.html')
      const { id, site, email, epoch: forgotten } = reset
      const guessers = [`sign-in ${networkOf(request.ip)}`, `reset ${id}`]
      if (!throttle.allows(...guessers)) return answer(request, reply, 429, 'reset-throttled.html')
      if (emailOf(request.body?.email) !== email) {
        throttle.failed(...guessers)
        return answer(request, reply, 401, 'reset-wrong.html')
      }
      const password = String(request.body?.password ?? '')
      if (password.length < minPasswordLength || password.length > maxPasswordLength)
        return answer(request, reply, 400, 'reset-short.html')
      const hash = await passwords.hash(password)
      if (hash === undefined) return answer(request, reply, 503, 'reset-busy.html')

      // Whoever removes it has it: of two who come at once, one is too late.
      const epoch = randomUUID()
      const isOurs = await store.resets.remove(id, site)
      // It takes time to hash: the member may have another password, or another site, by now.
      if (!isOurs || !(await isStillOfUse(reset)) || !(await store.members.setPassword(email, hash, epoch, forgotten)))
        return answer(request, reply, 404, 'reset-gone.html')
      return signIn(request, reply, options, { by: 'member', name: email, epoch })
    })
  })
}

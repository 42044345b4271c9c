/**
 * What an invitation's link opens: a form for who was invited. Who has a password here proves it, and is given a role
 * more; everybody else chooses one, and becomes a member.
 */
import { randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { minPasswordLength } from '../answers.ts'
import type { FormName } from '../forms.ts'
import type { Invitation } from '../store/invitations.ts'
import { emailOf, type FormBody, type FormRoutesOptions, sendForm, takeForms } from './form-routes.ts'
import { maxPasswordLength } from './passwords.ts'
import { secretId } from './secrets.ts'
import { signIn } from './sign-in.ts'
import { networkOf } from './throttle.ts'

type InvitationRoute = { Params: { secret: string }; Body: FormBody }

export function registerInvitation(app: FastifyInstance, options: FormRoutesOptions): void {
  const { store, passwords, throttle, assets, now } = options

  async function find(secret: string): Promise<Invitation | undefined> {
    const invitation = await store.invitations.find(secretId(secret))
    return invitation && invitation.expiresAt > now() ? invitation : undefined
  }

  const answer = (request: FastifyRequest, reply: FastifyReply, status: number, name: FormName) =>
    sendForm(request, reply, assets, status, name)

  app.get<InvitationRoute>('/invitations/:secret', async (request, reply) => {
    if (!(await find(request.params.secret))) return answer(request, reply, 404, 'invitation-gone.html')
    return answer(request, reply, 200, 'invitation.html')
  })

  app.register(async (forms) => {
    takeForms(forms)
    forms.post<InvitationRoute>('/invitations/:secret', async (request, reply) => {
      const invitation = await find(request.params.secret)
      if (!invitation) return answer(request, reply, 404, 'invitation-gone.html')
      const email = emailOf(request.body?.email)
      const password = String(request.body?.password ?? '')
      const guessers = [`sign-in ${networkOf(request.ip)}`, `member ${invitation.email}`]
      if (!throttle.allows(...guessers)) return answer(request, reply, 429, 'invitation-throttled.html')
      throttle.failed(...guessers)
      if (email !== invitation.email) return answer(request, reply, 401, 'invitation-wrong.html')

      // Nobody has such a password: said before it is looked who is a member, it tells nobody who is.
      if (password.length < minPasswordLength || password.length > maxPasswordLength) {
        throttle.forgive(...guessers)
        return answer(request, reply, 400, 'invitation-short.html')
      }
      const known = await store.members.find(email)
      const proof = known ? await passwords.check(password, known.password) : await passwords.hash(password)
      if (proof === undefined || proof === 'busy') return answer(request, reply, 503, 'invitation-busy.html')
      if (proof === 'wrong') return answer(request, reply, 401, 'invitation-wrong.html')
      throttle.forgive(...guessers)

      // Whoever removes it has it: of two who come at once, one is too late.
      if (!(await store.invitations.remove(invitation.id, invitation.site)))
        return answer(request, reply, 404, 'invitation-gone.html')
      const { site, role } = invitation
      const epoch = known?.epoch ?? randomUUID()
      const done = known
        ? await store.members.grant(email, site, role)
        : await store.members.add({ email, roles: new Map([[site, role]]), password: proof, epoch, createdAt: now() })
      // Became a member, or is none any more, by another window a moment ago.
      if (!done) return answer(request, reply, 404, 'invitation-gone.html')
      return signIn(request, reply, options, { by: 'member', name: email, epoch })
    })
  })
}

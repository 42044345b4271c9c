/** Who has a role at a site, who is invited to one, and who may choose a new password. */
import type { FastifyInstance } from 'fastify'
import type {
  InvitationAnswer,
  MemberAnswer,
  MembersAnswer,
  NewInvitationAnswer,
  NewResetAnswer,
  ResetAnswer,
  Role,
} from '../answers.ts'
import { Problem } from '../problems.ts'
import { roleAt } from '../session/access.ts'
import { emailOf } from '../session/form-routes.ts'
import { ownOrigin } from '../session/guard.ts'
import { newSecret } from '../session/secrets.ts'
import type { Invitation } from '../store/invitations.ts'
import type { Member } from '../store/members.ts'
import { isOfUse, type Reset } from '../store/resets.ts'
import type { Store } from '../store/store.ts'
import {
  entryParams,
  invitationBodySchema,
  memberBodySchema,
  memberEmailSchema,
  membersSchema,
  newInvitationSchema,
  newResetSchema,
} from './access-schemas.ts'
import { siteParams } from './query-schemas.ts'
import { findSite } from './sites.ts'

export type MembersOptions = { store: Store; now: () => number }

type SiteRoute = { Params: { site: string } }
type EntryRoute = { Params: { site: string; id: string } }

/** Long enough for a holiday's mail, short enough for a link that lies around in it. */
const invitationMs = 7 * 86_400_000
/** It opens an account that there is: whoever asks for it is waiting for it. */
const resetMs = 86_400_000
/** A guard against scripts that run away, not a limit that people meet. */
const maxInvitations = 200

export function registerMembers(app: FastifyInstance, { store, now }: MembersOptions): void {
  async function answerOf(site: string): Promise<MembersAnswer> {
    const [members, invitations, resets] = await Promise.all([
      store.members.list(site),
      store.invitations.list(site),
      store.resets.list(site),
    ])
    const byEmail = new Map(members.map((member) => [member.email, member]))
    return {
      members: members.map((member) => toMember(member, site)),
      invitations: invitations.filter(({ expiresAt }) => expiresAt > now()).map(toInvitation),
      resets: resets
        .filter((reset) => reset.expiresAt > now() && isOfUse(reset, byEmail.get(reset.email)))
        .map(toResetAnswer),
    }
  }

  app.get<SiteRoute>(
    '/api/sites/:site/members',
    { schema: { summary: 'Who has a role at a site', params: siteParams, response: { 200: membersSchema } } },
    async ({ params }) => answerOf((await findSite(store, params.site)).site),
  )

  app.post<SiteRoute & { Body: { email: string; role: Role } }>(
    '/api/sites/:site/invitations',
    {
      schema: {
        summary: 'Invite somebody: the answer holds a link that works once, for a week',
        params: siteParams,
        body: invitationBodySchema,
        response: { 201: newInvitationSchema },
      },
    },
    async (request, reply): Promise<NewInvitationAnswer> => {
      const { site } = await findSite(store, request.params.site)
      const email = emailOf(request.body.email)
      if (!/^[^\s@]+@[^\s@]+$/.test(email))
        throw new Problem('bad_body', { message: 'email must be an e-mail address, such as ada@example.org' })
      if ((await store.invitations.list(site)).length >= maxInvitations) throw new Problem('too_many_entries')
      const secret = newSecret()
      const at = now()
      const invitation = { id: secret.id, site, email, role: request.body.role, createdAt: at }
      const dated = { ...invitation, expiresAt: at + invitationMs }
      await store.invitations.add(dated)
      reply.code(201)
      return { ...toInvitation(dated), url: `${ownOrigin(request)}/invitations/${secret.text}` }
    },
  )

  app.post<EntryRoute>(
    '/api/sites/:site/invitations/:id/revoke',
    { schema: { summary: 'Take an invitation back', params: entryParams, response: { 200: membersSchema } } },
    async ({ params: { site, id } }) => {
      if (!(await store.invitations.remove(id, site))) throw new Problem('unknown_invitation')
      return answerOf(site)
    },
  )

  app.post<SiteRoute & { Body: { email: string; role: Role } }>(
    '/api/sites/:site/members/role',
    {
      schema: {
        summary: 'Change what a member may do',
        params: siteParams,
        body: memberBodySchema,
        response: { 200: membersSchema },
      },
    },
    async ({ params: { site }, body }) => {
      if (!(await store.members.changeRole(emailOf(body.email), site, body.role))) throw new Problem('unknown_member')
      return answerOf(site)
    },
  )

  app.post<SiteRoute & { Body: { email: string } }>(
    '/api/sites/:site/members/remove',
    {
      schema: {
        summary: 'Take the role of a member away; who has none left is a member no more',
        params: siteParams,
        body: memberEmailSchema,
        response: { 200: membersSchema },
      },
    },
    async ({ params: { site }, body }) => {
      if (!(await store.members.revoke(emailOf(body.email), site))) throw new Problem('unknown_member')
      return answerOf(site)
    },
  )

  app.post<SiteRoute & { Body: { email: string } }>(
    '/api/sites/:site/members/reset',
    {
      schema: {
        summary: 'Let a member choose a new password: the answer holds a link that works once, for a day',
        description:
          'At every site where they have a role whoever asks must be an owner. Earlier ones for them, made at this site, end.',
        params: siteParams,
        body: memberEmailSchema,
        response: { 201: newResetSchema },
      },
    },
    async (request, reply): Promise<NewResetAnswer> => {
      const { site } = request.params
      const member = await store.members.find(emailOf(request.body.email))
      if (!member?.roles.has(site)) throw new Problem('unknown_member')
      const sites = [...member.roles.keys()]
      // Who opens the link is the member, everywhere: it must open nothing to an owner that is not theirs.
      if (sites.some((each) => roleAt(each, request.accesses) !== 'owner')) throw new Problem('member_elsewhere')
      const { email, epoch } = member
      const ownsAll = request.accesses.some(({ everywhere }) => everywhere === 'owner')
      for (const earlier of await store.resets.list(site))
        if (earlier.email === email) await store.resets.remove(earlier.id, site)
      const secret = newSecret()
      const at = now()
      const dated = { createdAt: at, expiresAt: at + resetMs }
      await store.resets.add({ id: secret.id, site, email, epoch, sites: ownsAll ? undefined : sites, ...dated })
      reply.code(201)
      return {
        ...toResetAnswer({ id: secret.id, email, ...dated }),
        url: `${ownOrigin(request)}/resets/${secret.text}`,
      }
    },
  )

  app.post<EntryRoute>(
    '/api/sites/:site/resets/:id/revoke',
    {
      schema: {
        summary: 'Take back a link to a new password that was made at this site',
        params: entryParams,
        response: { 200: membersSchema },
      },
    },
    async ({ params: { site, id } }) => {
      if (!(await store.resets.remove(id, site))) throw new Problem('unknown_reset')
      return answerOf(site)
    },
  )
}

function toResetAnswer({ id, email, createdAt, expiresAt }: Omit<Reset, 'site' | 'epoch' | 'sites'>): ResetAnswer {
  return {
    id,
    email,
    createdAt: new Date(createdAt).toISOString(),
    expiresAt: new Date(expiresAt).toISOString(),
  }
}

function toMember({ email, roles, createdAt }: Member, site: string): MemberAnswer {
  return { email, role: roles.get(site) ?? 'viewer', createdAt: new Date(createdAt).toISOString() }
}

function toInvitation({ id, email, role, createdAt, expiresAt }: Invitation): InvitationAnswer {
  return {
    id,
    email,
    role,
    createdAt: new Date(createdAt).toISOString(),
    expiresAt: new Date(expiresAt).toISOString(),
  }
}

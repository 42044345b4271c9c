/**
 * What links in mails open, without signing in: to say yes to alerts at an address, and to be told nothing more. Opening
 * one changes nothing, since programs that look mails over open links as well: the button does, and the POST that mail
 * programs make by themselves (RFC 8058).
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Channel } from '../../consumers/anomaly-detector/shapes/channel.ts'
import { isTokenOf, type LinkPurpose, parseChannelToken } from '../../consumers/anomaly-detector/shapes/channel-link.ts'
import type { Assets } from '../assets.ts'
import type { FormName } from '../forms.ts'
import type { Store } from '../store/store.ts'
import { sendForm, takeAnyForm } from './form-routes.ts'

type LinkRoute = { Params: { token: string } }

export type ChannelLinkOptions = { store: Store; assets: Assets; now: () => number }

export function registerChannelLink(app: FastifyInstance, { store, assets, now }: ChannelLinkOptions): void {
  async function find(token: string, purpose: LinkPurpose): Promise<Channel | undefined> {
    const named = parseChannelToken(token)
    const channel = named && (await store.channels.find(named.site, named.id))
    return channel && isTokenOf(token, channel, purpose) ? channel : undefined
  }

  const answer = (request: FastifyRequest, reply: FastifyReply, status: number, name: FormName) =>
    sendForm(request, reply, assets, status, name)

  app.get<LinkRoute>('/alerts/confirm/:token', async (request, reply) => {
    const channel = await find(request.params.token, 'confirm')
    if (!channel) return answer(request, reply, 404, 'alerts-gone.html')
    return answer(request, reply, 200, channel.confirmedAt === undefined ? 'alerts-confirm.html' : 'alerts-on.html')
  })

  app.get<LinkRoute>('/alerts/leave/:token', async (request, reply) => {
    // Whoever left already has what they want.
    if (!(await find(request.params.token, 'leave'))) return answer(request, reply, 200, 'alerts-off.html')
    return answer(request, reply, 200, 'alerts-leave.html')
  })

  app.register(async (forms) => {
    takeAnyForm(forms)

    forms.post<LinkRoute>('/alerts/confirm/:token', async (request, reply) => {
      const channel = await find(request.params.token, 'confirm')
      if (!channel) return answer(request, reply, 404, 'alerts-gone.html')
      await store.channels.confirm(channel.site, channel.id, now())
      return answer(request, reply, 200, 'alerts-on.html')
    })

    forms.post<LinkRoute>('/alerts/leave/:token', async (request, reply) => {
      const channel = await find(request.params.token, 'leave')
      if (channel) await store.channels.remove(channel.site, channel.id)
      return answer(request, reply, 200, 'alerts-off.html')
    })
  })
}

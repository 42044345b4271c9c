/** One try to deliver, by whatever the channel is. */
import type { Mailer } from '../../mail/shapes/mailer.ts'
import type { Channel } from '../shapes/channel.ts'
import type { Delivery, DeliveryError } from '../shapes/delivery.ts'
import type { PostResult } from '../shapes/post.ts'
import { alertMail } from './alert-mail.ts'
import type { Topics } from './topics.ts'
import { webhookMessage } from './webhook-message.ts'

export type SendResult =
  | { sent: true; status?: number }
  /** `isFinal`: another try would be refused as well. */
  | { sent: false; error: DeliveryError; status?: number; isFinal?: true }

/** @param timeZone of the site */
export type Send = (delivery: Delivery, channel: Channel, timeZone: string) => Promise<SendResult>

export type SendOptions = {
  post: (url: string, headers: Readonly<Record<string, string>>, body: string) => Promise<PostResult>
  /** Undefined: there is no mail server. */
  mailer: Mailer | undefined
  topics: Topics
  now: () => number
}

export function createSend({ post, mailer, topics, now }: SendOptions): Send {
  return async (delivery, channel, timeZone) => {
    if (channel.type === 'email')
      return mailer?.send(alertMail(delivery, channel, timeZone)) ?? { sent: false, error: 'not_set_up' }
    const message = webhookMessage(delivery, channel, timeZone, now())
    if (channel.type === 'topic') return topics.publish(delivery, channel, message, timeZone)
    const result = await post(channel.target, message.headers, message.body)
    if ('error' in result) return { sent: false, error: result.error }
    const { status } = result
    return status >= 200 && status < 300 ? { sent: true, status } : { sent: false, error: 'status', status }
  }
}

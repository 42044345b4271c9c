/** What the API takes and answers of who is told of incidents. */
import type { Channel } from '../../consumers/anomaly-detector/shapes/channel.ts'
import {
  channelTypes,
  doesGet,
  isOpen,
  type Subscription,
  subscriptions,
} from '../../consumers/anomaly-detector/shapes/channel.ts'
import {
  type Delivery,
  deliveryErrors,
  deliveryStates,
  incidentEvents,
} from '../../consumers/anomaly-detector/shapes/delivery.ts'
import { deliveryId } from '../../consumers/anomaly-detector/shapes/delivery-item.ts'
import type { ChannelAnswer, DeliveryAnswer } from '../anomaly-answers.ts'
import { count, list, object, type Schema, text, time } from './schemas.ts'

const shownDeliveries = 10

const nullableTime = (description: string): Schema => ({ type: ['string', 'null'], description })
const delivery = object({
  id: text('What the receiver tells copies by: retrace-id'),
  event: { type: 'string', enum: incidentEvents, description: 'confirm: an e-mail address was asked for its yes' },
  createdAt: time('Since when it is to be delivered'),
  state: { type: 'string', enum: deliveryStates, description: 'waiting: for the first try, or for the next' },
  attempts: count('Tries that began'),
  triedAt: nullableTime('When the last began'),
  status: {
    type: ['integer', 'null'],
    description: 'HTTP status of the last answer, of a mail server its reply code; null: there was none',
  },
  error: { type: ['string', 'null'], enum: [...deliveryErrors, null], description: 'Why the last try failed' },
  nextAt: nullableTime('When it is tried next; null: it is over'),
})
const channel = {
  id: text('Its name in addresses'),
  type: { type: 'string', enum: channelTypes },
  target: text('Where incidents are posted to, the e-mail address, or the ARN of the topic'),
  confirmed: { type: 'boolean', description: 'false: an e-mail address that has not said yes; it is told nothing' },
  gets: list({
    type: 'string',
    enum: subscriptions,
    description: 'weekly, monthly: reports; not to topics',
  }),
  createdBy: text('Who made it'),
  createdAt: time('When it was made: it is told of incidents that began later'),
  deliveries: list(delivery),
}
export const channelsSchema = object({
  channels: list(object(channel)),
  email: { type: 'boolean', description: 'Whether there is a mail server' },
  topics: list(text('ARN of an SNS topic that may be named')),
})
export const newChannelSchema = object({
  ...channel,
  secret: {
    type: ['string', 'null'],
    description: 'What signs of a webhook are made with; it is told once. null: not a webhook',
  },
})

export type ChannelBody = { url?: string; email?: string; topic?: string }
export const channelBodySchema: Schema = {
  type: 'object',
  minProperties: 1,
  maxProperties: 1,
  additionalProperties: false,
  description: 'One of them',
  properties: {
    url: { type: 'string', maxLength: 2000, description: 'A webhook: https://, at a public address' },
    email: { type: 'string', maxLength: 254, description: 'A plain e-mail address; it is asked first' },
    topic: { type: 'string', maxLength: 400, description: 'One of topics' },
  },
}

export type GetsBody = { gets: Subscription[] }
export const getsBodySchema: Schema = {
  type: 'object',
  required: ['gets'],
  additionalProperties: false,
  properties: {
    gets: { type: 'array', minItems: 1, uniqueItems: true, items: { type: 'string', enum: subscriptions } },
  },
}

/** @param heldUntil end of the quiet hours that it is now, epoch milliseconds; 0: it is none */
export function toChannelAnswer(channel: Channel, deliveries: readonly Delivery[], heldUntil: number): ChannelAnswer {
  const { id, type, target, createdBy, createdAt } = channel
  const gets = subscriptions.filter((each) => doesGet(channel, each))
  const own = deliveries.filter((each) => each.channel === id)
  const latest = own.sort((a, b) => (b.triedAt ?? b.createdAt) - (a.triedAt ?? a.createdAt))
  return {
    id,
    type,
    target,
    confirmed: isOpen(channel),
    gets,
    createdBy,
    createdAt: isoTime(createdAt),
    deliveries: latest.slice(0, shownDeliveries).map((each) => toDeliveryAnswer(each, heldUntil)),
  }
}

function toDeliveryAnswer(each: Delivery, heldUntil: number): DeliveryAnswer {
  const { event, createdAt, state, attempts, triedAt, status = null, error = null, dueAt } = each
  const isHeld = event === 'opened' || event === 'ended'
  return {
    id: deliveryId(each),
    event,
    createdAt: isoTime(createdAt),
    state,
    attempts,
    triedAt: triedAt === undefined ? null : isoTime(triedAt),
    status,
    error,
    nextAt: state === 'waiting' ? isoTime(isHeld ? Math.max(dueAt, heldUntil) : dueAt) : null,
  }
}

function isoTime(at: number): string {
  return new Date(at).toISOString()
}

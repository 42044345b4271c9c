/**
 * That a channel is to be told of an incident, and what came of it: one an incident, event and channel, so
 * whoever finds the incident again adds nothing.
 *
 *     waiting ──claim: attempts + 1──▶ sent ──2xx──▶ delivered
 *        ▲                              └─ else, or nobody said how it went ─┐
 *        └── at `dueAt`, in no quiet hours (alert-rules.ts), for a day ───────┴──▶ failed
 *
 * After a month it is deleted: nobody finds its incident again by then.
 */
import type { Incident } from './incident.ts'

/** `confirm` asks an e-mail address whether it wants to be told; its incident is an example's, and is not shown. */
export const incidentEvents = ['opened', 'ended', 'example', 'confirm'] as const
export type IncidentEvent = (typeof incidentEvents)[number]

/** `superseded`: a mail that its end, which waits as well, says all of. */
export const deliveryStates = ['waiting', 'delivered', 'failed', 'superseded'] as const
export type DeliveryState = (typeof deliveryStates)[number]

/** `status`: it answered, but not with yes (2xx; of a mail server, 250). `not_set_up`: there is no mail server or no such topic any more. */
export const deliveryErrors = [
  'status',
  'timeout',
  'unknown_host',
  'address_refused',
  'bad_certificate',
  'no_connection',
  'not_set_up',
] as const
export type DeliveryError = (typeof deliveryErrors)[number]

export type Delivery = {
  site: string
  channel: string
  event: IncidentEvent
  incident: Incident
  state: DeliveryState
  attempts: number
  createdAt: number
  dueAt: number
  triedAt?: number
  status?: number
  error?: DeliveryError
}

export type NewDelivery = Pick<Delivery, 'site' | 'channel' | 'event' | 'incident' | 'createdAt'>

/**
 * That a webhook is to be told of an incident, and what came of it: one an incident, event and webhook, so
 * whoever finds the incident again adds nothing.
 *
 *     waiting ──claim: attempts + 1──▶ sent ──2xx──▶ delivered
 *        ▲                              └─ else, or nobody said how it went ─┐
 *        └──────────────── at `dueAt`, for a day ────────────────────────────┴──▶ failed
 */
import type { Incident } from './incident.ts'

export const incidentEvents = ['opened', 'ended', 'example'] as const
export type IncidentEvent = (typeof incidentEvents)[number]

export const deliveryStates = ['waiting', 'delivered', 'failed'] as const
export type DeliveryState = (typeof deliveryStates)[number]

/** `status`: it answered, but not with 2xx. */
export const deliveryErrors = [
  'status',
  'timeout',
  'unknown_host',
  'address_refused',
  'bad_certificate',
  'no_connection',
] as const
export type DeliveryError = (typeof deliveryErrors)[number]

export type Delivery = {
  site: string
  webhook: string
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

export type NewDelivery = Pick<Delivery, 'site' | 'webhook' | 'event' | 'incident' | 'createdAt'>

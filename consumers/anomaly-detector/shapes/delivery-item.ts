/**
 * A delivery (delivery.ts) as the table `incidents` holds it:
 *
 *     site      S  partition key
 *     incident  S  sort key, `delivery#2026-11-23T06:15:00.000Z#pageviews#opened#WEBHOOK`
 *     webhook   S  which channel (channel.ts); it was a webhook when there was no other
 *     event     S  opened, ended or example
 *     state     S  waiting, delivered or failed
 *     attempts  N  tries that began
 *     createdAt, dueAt, triedAt  N  epoch milliseconds; due: when it may be tried (again)
 *     status    N  of the last answer; absent: there was none
 *     error     S  why the last try failed
 *     data      B  JSON in zstd: the incident as it was at the event (incident.ts)
 *     expiresAt N  epoch seconds
 */
import { createHash } from 'node:crypto'
import { packed, unpacked } from '../../../stream/packed.ts'
import {
  type Delivery,
  type DeliveryState,
  deliveryErrors,
  deliveryStates,
  incidentEvents,
  type NewDelivery,
} from './delivery.ts'
import { type Incident, incidentKey } from './incident.ts'

type Attribute = { S: string } | { N: string } | { B: Uint8Array }
type Item = Record<string, Attribute>

const prefix = 'delivery#'
/** Longer than an incident may be found again after it was told (read-deliveries.ts). */
const keptMs = 30 * 86_400_000

/** Between these lie the sort keys of deliveries of incidents that began at or after a time. */
export function deliveryKeys(from: number): { first: string; last: string } {
  return { first: prefix + new Date(from).toISOString(), last: 'delivery$' }
}

export function deliveryKey({ site, incident, event, channel }: Omit<NewDelivery, 'createdAt'>): {
  site: { S: string }
  incident: { S: string }
} {
  return { site: { S: site }, incident: { S: `${prefix}${incidentKey(incident)}#${event}#${channel}` } }
}

/** The same for every channel and every try: what a receiver tells copies by. Of ASCII alone, as headers are. */
export function deliveryId({ site, incident, event }: Pick<Delivery, 'site' | 'incident' | 'event'>): string {
  return createHash('sha256')
    .update(JSON.stringify([site, incidentKey(incident), event]))
    .digest('hex')
    .slice(0, 32)
}

/** One that is due at once. */
export function newDeliveryItem(delivery: NewDelivery): Item {
  const { channel, event, incident, createdAt } = delivery
  return {
    ...deliveryKey(delivery),
    webhook: { S: channel },
    event: { S: event },
    state: { S: 'waiting' satisfies DeliveryState },
    attempts: { N: '0' },
    createdAt: { N: String(createdAt) },
    dueAt: { N: String(createdAt) },
    data: packed(incident),
    expiresAt: { N: String(Math.ceil((createdAt + keptMs) / 1000)) },
  }
}

export function deliveryFromItem(item: Record<string, { S?: string; N?: string; B?: Uint8Array }>): Delivery {
  const incident = unpacked<Incident>(item.data)
  const number = (name: string) => Number(item[name]?.N ?? 0)
  const error = deliveryErrors.find((each) => each === item.error?.S)
  return {
    site: item.site?.S ?? '',
    channel: item.webhook?.S ?? '',
    event: incidentEvents.find((each) => each === item.event?.S) ?? 'opened',
    // JSON has no undefined.
    incident: { ...incident, end: incident.end },
    state: deliveryStates.find((each) => each === item.state?.S) ?? 'failed',
    attempts: number('attempts'),
    createdAt: number('createdAt'),
    dueAt: number('dueAt'),
    ...(item.triedAt && { triedAt: number('triedAt') }),
    ...(item.status && { status: number('status') }),
    ...(error && { error }),
  }
}

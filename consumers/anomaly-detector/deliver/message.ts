/** What a webhook is sent (docs/anomaly-detection.md): the body, and the headers that say who sent it and what it is. Pure. */
import { createHmac } from 'node:crypto'
import { toAnomaly } from '../shapes/anomaly.ts'
import type { Delivery } from '../shapes/delivery.ts'
import { deliveryId } from '../shapes/delivery-item.ts'
import type { Incident } from '../shapes/incident.ts'
import type { Webhook } from '../shapes/webhook.ts'

export type Message = { headers: Record<string, string>; body: string }

/** @param timeZone of the site: an address of the dashboard has its times */
export function messageOf(delivery: Delivery, { secret, dashboard }: Webhook, timeZone: string, now: number): Message {
  const { site, event, incident } = delivery
  const id = deliveryId(delivery)
  const body = JSON.stringify({
    id,
    event,
    site,
    incident: toAnomaly(incident),
    link: dashboard + pathAround(incident, timeZone),
  })
  const timestamp = String(Math.floor(now / 1000))
  return {
    headers: {
      'content-type': 'application/json',
      'user-agent': 'Retrace',
      'retrace-id': id,
      'retrace-timestamp': timestamp,
      'retrace-signature': `v1=${sign(secret, timestamp, body)}`,
    },
    body,
  }
}

function sign(secret: string, timestamp: string, body: string): string {
  return createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')
}

const hourMs = 3_600_000

/** The figures from an hour before it to an hour after it, as the page of anomalies leads there. */
function pathAround({ site, at, end, stepMs, series }: Incident, timeZone: string): string {
  const from = Math.floor(at / hourMs - 1) * hourMs
  const to = Math.ceil((end ?? at + stepMs) / hourMs + 1) * hourMs
  const query = new URLSearchParams({
    period: 'custom',
    from: localMoment(from, timeZone),
    to: localMoment(to, timeZone),
  })
  const shown = series.metric === 'pageviewsPerHour' ? 'pageviews' : series.metric
  if (['pageviews', 'clicks', 'bounceRate'].includes(shown)) query.set('metric', shown)
  return `/sites/${encodeURIComponent(site)}?${query}`
}

/** `2026-11-23T10:20` */
function localMoment(at: number, timeZone: string): string {
  // Sweden writes dates as ISO 8601 does.
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' })
  return format.format(at).replace(' ', 'T')
}

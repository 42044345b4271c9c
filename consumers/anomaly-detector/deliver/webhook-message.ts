/** What a webhook is sent (docs/anomaly-detection.md): the body, and the headers that say who sent it and what it is. Pure. */
import { createHmac } from 'node:crypto'
import { toAnomaly } from '../shapes/anomaly.ts'
import type { Channel } from '../shapes/channel.ts'
import type { Delivery } from '../shapes/delivery.ts'
import { deliveryId } from '../shapes/delivery-item.ts'
import { linkAround } from './link-around.ts'

export type Message = { headers: Record<string, string>; body: string }

/** @param timeZone of the site: an address of the dashboard has its times */
export function webhookMessage(
  delivery: Delivery,
  { secret, dashboard }: Channel,
  timeZone: string,
  now: number,
): Message {
  const { site, event, incident } = delivery
  const id = deliveryId(delivery)
  const body = JSON.stringify({
    id,
    event,
    site,
    incident: toAnomaly(incident),
    link: linkAround(dashboard, incident, timeZone),
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

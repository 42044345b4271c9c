/** What a webhook is sent (docs/anomaly-detection.md): the body, and the headers that say who sent it and what it is. Pure. */
import { toAnomaly } from '../shapes/anomaly.ts'
import type { Channel } from '../shapes/channel.ts'
import type { Delivery } from '../shapes/delivery.ts'
import { deliveryId } from '../shapes/delivery-item.ts'
import { signedHeaders } from '../shapes/webhook-signature.ts'
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
  return { headers: signedHeaders(id, body, secret, now), body }
}

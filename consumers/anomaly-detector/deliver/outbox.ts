/** What the judge tells of incidents, as deliveries to those who want to know (shapes/delivery.ts). */
import { inParallel } from '../../runtime/exactly-once.ts'
import type { IncidentEvent } from '../shapes/delivery.ts'
import type { Incident } from '../shapes/incident.ts'
import type { Webhook } from '../shapes/webhook.ts'
import type { DeliveryStore } from './delivery-store.ts'

/** An incident as it was when it opened or ended. */
export type Told = { event: Exclude<IncidentEvent, 'example'>; incident: Incident }

export type OutboxDependencies = {
  webhooks: (site: string) => Promise<readonly Webhook[]>
  deliveries: Pick<DeliveryStore, 'add'>
  now: () => number
}

/** @returns what may be told any number of times of the same */
export function createOutbox({ webhooks, deliveries, now }: OutboxDependencies) {
  return async (site: string, told: readonly Told[]): Promise<void> => {
    if (told.length === 0) return
    const known = await webhooks(site)
    const wanted = known.flatMap(({ id, createdAt }) =>
      told.filter(({ incident }) => incident.at >= createdAt).map((each) => ({ ...each, webhook: id })),
    )
    await inParallel(wanted, (each) => deliveries.add({ site, ...each, createdAt: now() }))
  }
}

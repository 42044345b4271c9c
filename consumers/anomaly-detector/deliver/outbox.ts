/** What the judge tells of incidents, as deliveries to those who want to know (shapes/delivery.ts). */
import { inParallel } from '../../runtime/exactly-once.ts'
import { type Channel, isOpen } from '../shapes/channel.ts'
import type { IncidentEvent } from '../shapes/delivery.ts'
import type { Incident } from '../shapes/incident.ts'
import type { DeliveryStore } from './delivery-store.ts'

/** An incident as it was when it opened or ended. */
export type Told = { event: Extract<IncidentEvent, 'opened' | 'ended'>; incident: Incident }

export type OutboxDependencies = {
  channels: (site: string) => Promise<readonly Channel[]>
  deliveries: Pick<DeliveryStore, 'add'>
  now: () => number
}

/** @returns what may be told any number of times of the same */
export function createOutbox({ channels, deliveries, now }: OutboxDependencies) {
  return async (site: string, told: readonly Told[]): Promise<void> => {
    if (told.length === 0) return
    const known = (await channels(site)).filter(isOpen)
    const wanted = known.flatMap(({ id, createdAt, confirmedAt = createdAt }) =>
      told.filter(({ incident }) => incident.at >= confirmedAt).map((each) => ({ ...each, channel: id })),
    )
    await inParallel(wanted, (each) => deliveries.add({ site, ...each, createdAt: now() }))
  }
}

/** Who tells incidents, put together over tables of a test as consumers/anomaly-detector/compose.ts does, with a clock of the test. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { createCoolDowns } from '../../consumers/anomaly-detector/deliver/cool-down.ts'
import { createDeliverer, type Deliverer } from '../../consumers/anomaly-detector/deliver/deliverer.ts'
import { createDeliveryStore, type DeliveryStore } from '../../consumers/anomaly-detector/deliver/delivery-store.ts'
import { createOutbox } from '../../consumers/anomaly-detector/deliver/outbox.ts'
import { createIncidentStore } from '../../consumers/anomaly-detector/judge/incident-store.ts'
import { readAllRules, readRules } from '../../consumers/anomaly-detector/shapes/alert-rules.ts'
import { readChannels } from '../../consumers/anomaly-detector/shapes/channel.ts'
import type { Incident } from '../../consumers/anomaly-detector/shapes/incident.ts'
import type { Mailer } from '../../consumers/mail/shapes/mailer.ts'
import { sendHere } from './send.ts'

export type AlertingOptions = {
  client: DynamoDBClient
  now: () => number
  timeZone?: string
}

export type ToldIncident = { event: 'opened' | 'ended'; incident: Incident; until?: number }

export type Alerting = {
  deliveries: DeliveryStore
  /** What the judge does after a minute: by default that of the incident's start. */
  tell(site: string, ...told: ToldIncident[]): Promise<ReadonlySet<string>>
  deliverer(site: string, different?: { mailer?: Mailer | undefined; deliveries?: DeliveryStore }): Deliverer
}

export function alertingOver({ client, now, timeZone = 'Europe/Berlin' }: AlertingOptions): Alerting {
  const [control, incidents] = ['retrace-control', 'retrace-incidents']
  const deliveries = createDeliveryStore(client, incidents)
  const outbox = createOutbox({
    channels: (site) => readChannels(client, control, site),
    rules: (site) => readRules(client, control, site),
    coolDowns: createCoolDowns(client, incidents),
    deliveries,
    now,
  })
  return {
    deliveries,
    tell: (site, ...told) =>
      outbox(
        site,
        told.map(({ event, incident, until = incident.at + 60_000 }) => ({
          incident: event === 'opened' ? { ...incident, end: undefined } : incident,
          until,
        })),
      ),
    deliverer: (site, { mailer, deliveries: store = deliveries } = {}) =>
      createDeliverer({
        channels: () => readChannels(client, control, site),
        timeZones: async () => new Map([[site, timeZone]]),
        rules: () => readAllRules(client, control),
        incident: createIncidentStore(client, incidents).find,
        deliveries: store,
        send: sendHere(now, mailer),
        now,
        random: () => 1,
      }),
  }
}

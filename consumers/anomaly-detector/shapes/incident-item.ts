/**
 * An incident as the table `incidents` holds it:
 *
 *     site      S  partition key
 *     incident  S  sort key, `2026-11-23T06:15:00.000Z#pageviews`: its start and the series that leads it
 *     end       N  when it was over, epoch milliseconds; absent while it goes on
 *     judged    N  start of the minute that it was last judged by, epoch milliseconds
 *     data      B  JSON in zstd: `Incident` (incident.ts)
 */
import { packed, unpacked } from '../../../stream/packed.ts'
import { type Incident, incidentKey } from './incident.ts'

type Attribute = { S: string } | { N: string } | { B: Uint8Array }

export function incidentToItem(incident: Incident, judged: number): Record<string, Attribute> {
  return {
    site: { S: incident.site },
    incident: { S: incidentKey(incident) },
    ...(incident.end !== undefined && { end: { N: String(incident.end) } }),
    judged: { N: String(judged) },
    data: packed(incident),
  }
}

export function incidentFromItem({ data }: Record<string, { B?: Uint8Array }>): Incident {
  const incident = unpacked<Incident>(data)
  // JSON has no undefined.
  return { ...incident, end: incident.end }
}

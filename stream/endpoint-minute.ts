/**
 * What an endpoint took and rejected in a minute, for the anomaly detector (table `minutes`): an item an instance and minute,
 * replaced as the minute goes on by the one that wrote it.
 *
 *     site      S  `_pipeline`
 *     minute    S  sort key, `2026-11-23T06:15#endpoint-ID`
 *     figures   B  JSON in zstd: `EndpointMinute`
 *     expiresAt N  epoch seconds
 */
import { packed } from './packed.ts'
import { pipelineSite } from './tables.ts'

export type EndpointMinute = {
  /** Events. */
  accepted: number
  /** Events that rejected themselves, by the code that they were answered with. */
  rejected: [code: string, count: number][]
}

const keptMs = 3 * 86_400_000

/**
 * @param instance tells endpoints apart, and each from the one before it
 * @param minute its start, epoch milliseconds
 */
export function endpointMinuteItem(
  instance: string,
  minute: number,
  counts: EndpointMinute,
): Record<string, { S: string } | { N: string } | { B: Uint8Array }> {
  const text = new Date(minute).toISOString().slice(0, 'YYYY-MM-DDTHH:MM'.length)
  return {
    site: { S: pipelineSite },
    minute: { S: `${text}#endpoint-${instance}` },
    figures: packed(counts),
    expiresAt: { N: String(Math.ceil((minute + keptMs) / 1000)) },
  }
}

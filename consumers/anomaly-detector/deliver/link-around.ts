/** Where the dashboard shows the figures around an incident. */
import { pipelineSite } from '../../../stream/tables.ts'
import type { Incident } from '../shapes/incident.ts'

const hourMs = 3_600_000

/**
 * The page of the pipeline; of a site, the figures from an hour before it to an hour after it, as the page of anomalies leads there.
 *
 * @param dashboard its origin
 * @param timeZone of the site: addresses of the dashboard have its times
 */
export function linkAround(dashboard: string, { site, at, end, stepMs, series }: Incident, timeZone: string): string {
  if (site === pipelineSite) return `${dashboard}/pipeline`
  const from = Math.floor(at / hourMs - 1) * hourMs
  const to = Math.ceil((end ?? at + stepMs) / hourMs + 1) * hourMs
  const query = new URLSearchParams({
    period: 'custom',
    from: localMoment(from, timeZone),
    to: localMoment(to, timeZone),
  })
  const shown = series.metric === 'pageviewsPerHour' ? 'pageviews' : series.metric
  if (['pageviews', 'clicks', 'bounceRate'].includes(shown)) query.set('metric', shown)
  return `${dashboard}/sites/${encodeURIComponent(site)}?${query}`
}

/** `2026-11-23T10:20` */
function localMoment(at: number, timeZone: string): string {
  // Sweden writes dates as ISO 8601 does.
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' })
  return format.format(at).replace(' ', 'T')
}

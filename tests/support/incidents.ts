/** Incidents as the judge stores them. */
import type { Incident } from '../../consumers/anomaly-detector/shapes/incident.ts'
import { noon } from './events.ts'

/** By default twelve minutes of many clicks, at a site that was erring too. */
export function anIncident({
  peak,
  ...different
}: Partial<Omit<Incident, 'peak'>> & { peak?: Partial<Incident['peak']> } = {}): Incident {
  const { at = noon } = different
  return {
    site: 'shop',
    at,
    end: at + 12 * 60_000,
    series: { metric: 'clicks' },
    others: [{ metric: 'errors' }],
    severity: 'critical',
    evidence: 18.5,
    peak: { at, observed: 90, expected: 10, low: 2, high: 20, ...peak },
    changed: [{ dimension: 'target', value: 'Buy', observed: 85, expected: 4 }],
    picture: [],
    stepMs: 60_000,
    ...different,
  }
}

/**
 * What somebody said of an incident (table `incidents`). Each opinion is an item of its own and stays: the judge goes by those
 * that were given before a minute began, whenever it judges it.
 *
 *     site      S  partition key
 *     incident  S  sort key, `feedback#2026-11-23T06:40:12.345Z#2026-11-23T06:15:00.000Z#pageviews`: when, of which
 *     series    S  the series that leads the incident
 *     verdict   S  useful, noise or none: none takes back
 */
export const verdicts = ['useful', 'noise', 'none'] as const
export type Verdict = (typeof verdicts)[number]

export type Feedback = {
  /** Epoch milliseconds. */
  at: number
  /** Key of the incident (incident.ts). */
  incident: string
  series: string
  verdict: Verdict
}

const prefix = 'feedback#'
/** Between these lie the sort keys of all of it. */
export const feedbackKeys = { first: prefix, last: 'feedback$' } as const

type Texts = Record<string, { S: string }>

export function feedbackToItem(site: string, { at, incident, series, verdict }: Feedback): Texts {
  const key = `${prefix}${new Date(at).toISOString()}#${incident}`
  return { site: { S: site }, incident: { S: key }, series: { S: series }, verdict: { S: verdict } }
}

export function feedbackFromItem(item: Record<string, { S?: string }>): Feedback {
  const [, at = '', ...incident] = (item.incident?.S ?? '').split('#')
  return {
    at: Date.parse(at),
    incident: incident.join('#'),
    series: item.series?.S ?? '',
    verdict: verdicts.find((verdict) => verdict === item.verdict?.S) ?? 'none',
  }
}

/** The last opinion of each incident until a time, by its key; what was taken back is not there. */
export function verdictsAt(feedback: readonly Feedback[], until: number): Map<string, Feedback> {
  const latest = new Map<string, Feedback>()
  for (const given of feedback)
    if (given.at <= until && given.at >= (latest.get(given.incident)?.at ?? 0)) latest.set(given.incident, given)
  for (const [incident, { verdict }] of latest) if (verdict === 'none') latest.delete(incident)
  return latest
}

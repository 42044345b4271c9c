/** What is said of each column, and questions to begin with. */
import type { sqlTexts } from './texts.ts'

export type Meaning = keyof typeof sqlTexts.meanings

const parts = new Set(['target', 'rage', 'pageTarget', 'vital', 'position', 'scroll', 'error'])

export function meaningOf(name: string, type: string): Meaning {
  if (name === 'time' || name === 'arrived' || name === 'visitor' || name === 'visit_id') return name
  if (name.endsWith('_ms')) return 'duration'
  if (type === 'INTEGER') return 'count'
  if (type.endsWith('[]')) return 'list'
  return parts.has(name) ? 'parts' : 'value'
}

export const examples: Readonly<Record<keyof typeof sqlTexts.exampleNames, string>> = {
  pages: `SELECT page, country, sum(clicks) AS clicks
FROM facts
GROUP BY page, country
HAVING sum(clicks) > 0
ORDER BY clicks DESC
LIMIT 50`,
  targets: `SELECT target, page, sum(clicks) AS clicks
FROM facts
WHERE target IS NOT NULL
GROUP BY target, page
ORDER BY clicks DESC
LIMIT 50`,
  campaigns: `SELECT campaign, sum(visits) AS visits,
  round(sum(bounces) / sum(visits), 3) AS bounce_rate
FROM facts
WHERE campaign IS NOT NULL
GROUP BY campaign
HAVING sum(visits) > 0
ORDER BY visits DESC`,
  hours: `SELECT date_trunc('hour', time) AS hour, sum(pageviews) AS pageviews,
  count(DISTINCT visitor) AS visitors
FROM facts
GROUP BY hour
ORDER BY hour`,
}

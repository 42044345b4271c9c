/** What was noticed at the site in the pictures: by the anomaly judge, and by people at its chart. */
import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import type { Incident } from '../../consumers/anomaly-detector/shapes/incident.ts'
import { incidentToItem } from '../../consumers/anomaly-detector/shapes/incident-item.ts'
import { createNoteStore, noteId } from '../../consumers/eraser/shapes/notes.ts'
import type { Past } from './past.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

export async function storeIncidents({ stack: { client, settings }, site, now }: Past): Promise<void> {
  const minute = Math.floor(now / minuteMs) * minuteMs
  const common = { site, stepMs: minuteMs, picture: [], others: [] }
  const incidents: Incident[] = [
    {
      ...common,
      at: minute - 25 * minuteMs,
      end: undefined,
      series: { metric: 'clicks' },
      others: [{ metric: 'pageviews' }],
      severity: 'critical',
      evidence: 21.4,
      peak: { at: minute - 12 * minuteMs, observed: 61, expected: 9.2, low: 2, high: 19 },
      changed: [
        { dimension: 'target', value: 'Add to basket', observed: 48, expected: 1.9 },
        { dimension: 'source', value: 'newsletter', observed: 33, expected: 0.4 },
      ],
    },
    {
      ...common,
      at: minute - 3 * dayMs - 5 * hourMs,
      end: minute - 3 * dayMs - 5 * hourMs + 41 * minuteMs,
      series: { metric: 'pageviews', dimension: 'source', value: 'google.com' },
      severity: 'warning',
      evidence: 12.7,
      peak: { at: minute - 3 * dayMs - 5 * hourMs + 20 * minuteMs, observed: 0, expected: 6.3, low: 1, high: 14 },
      changed: [{ dimension: 'page', value: '/products/article-1', observed: 1, expected: 4.1 }],
    },
    {
      ...common,
      at: minute - 9 * dayMs,
      end: minute - 9 * dayMs + 14 * minuteMs,
      series: { metric: 'errors' },
      severity: 'notice',
      evidence: 10.1,
      peak: { at: minute - 9 * dayMs + 3 * minuteMs, observed: 14, expected: 0.6, low: 0, high: 4 },
      changed: [{ dimension: 'error', value: 'TypeError', observed: 13, expected: 0.2 }],
    },
  ]
  const TableName = `${settings.RETRACE_TABLE_PREFIX}incidents`
  for (const incident of incidents)
    await client.send(new PutItemCommand({ TableName, Item: incidentToItem(incident, minute) }))
}

export async function storeNotes({ stack: { client, settings }, site, now }: Past): Promise<void> {
  const store = createNoteStore(client, `${settings.RETRACE_TABLE_PREFIX}control`)
  const said: [daysAgo: number, text: string][] = [
    [23, 'Winter catalogue online'],
    [9, 'Release 2.3'],
  ]
  for (const [i, [daysAgo, text]] of said.entries()) {
    const time = new Date(now - daysAgo * dayMs).toISOString().slice(0, 10)
    await store.add(site, { id: noteId(time, String(i).padStart(16, '0')), time, text })
  }
}

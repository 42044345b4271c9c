/**
 * The account of a run against the consumers: what the stream holds, what the set that was disturbed made of it, and
 * what one did that was not.
 *
 * What is compared follows from the stream alone. Left out is what depends on the moment: the attribute by which
 * DynamoDB deletes an item, checkpoints and state snapshots (when a consumer saved), the objects in which the archive's
 * rows lie (how they were batched), and how far the judge came: its snapshots, minutes that were not over at the newest
 * record, and incidents that went on then.
 */
import { randomBytes } from 'node:crypto'
import { type TableName, type TableShape, tables } from '../../../stream/tables.ts'
import type { CountedVerdict } from '../../reconcile/counted.ts'
import type { EventSet } from '../../reconcile/event-set.ts'
import { type ArchiveContent, readArchive } from '../../reconcile/read-archive.ts'
import { readTable } from '../../reconcile/read-table.ts'
import { reconcile } from '../../reconcile/reconcile.ts'
import type { StoreClients } from '../../reconcile/stores.ts'
import { startService } from '../service-process.ts'
import { type Comparison, compare } from './compare.ts'
import type { Place } from './set.ts'
import type { StreamContent } from './stream-content.ts'

export type AccountOptions = {
  acknowledged: EventSet
  clients: StoreClients
  stream: string
  content: StreamContent
  disturbed: Place
  undisturbed: Place
  abort: AbortSignal
}

export type Account = {
  acknowledged: number
  /** Acknowledged, and not in the stream. */
  unstored: number
  /** Different events in the stream. */
  events: number
  /** Stored beyond the first: counted once, and archived as often as they came. */
  copies: number
  /** Events of the stream that the archive does not hold, or the figures do not count. */
  lost: number
  /** Events that the archive holds, or the figures count, more often than they should. */
  doubled: number
  archive: ArchiveVerdict
  figures: CountedVerdict
  compared: Record<'cells' | 'ledger' | 'minutes' | 'incidents' | 'archive', Comparison>
  /** Whether everything that was compared is the same, to the byte. */
  identical: boolean
}

/** Against the stream; every copy there is a row of its own. */
export type ArchiveVerdict = Pick<ArchiveContent, 'doubled' | 'objects' | 'revisions'> & {
  rows: number
  lost: number
  lostExamples: string[]
}

const minuteMs = 60_000
const maxExamples = 5

export async function accountOf(options: AccountOptions): Promise<Account> {
  const { acknowledged, clients, stream, content, disturbed, undisturbed, abort } = options
  const {
    lost: unstored,
    stored,
    duplicated,
    ...counted
  } = await withDashboard(disturbed, (dashboard) =>
    reconcile({ acknowledged, clients, stream, bucket: disturbed.bucket, dashboard, signal: abort }),
  )
  const figures: CountedVerdict = {
    counted: counted.counted ?? 0,
    missing: counted.missing ?? 0,
    doubled: counted.doubled ?? 0,
  }

  const archived = await readArchive(clients, disturbed)
  const missingRows = [...content.events].filter(([place]) => !archived.rows.has(place))
  const archive: ArchiveVerdict = {
    rows: archived.rows.size,
    lost: missingRows.length,
    lostExamples: missingRows.slice(0, maxExamples).map(([, event]) => event),
    doubled: archived.doubled,
    objects: archived.objects,
    revisions: archived.revisions,
  }

  const both = async (name: TableName, isCompared = (_key: string, _item: string) => true): Promise<Comparison> => {
    const shape: TableShape = tables[name]
    const [one, other] = await Promise.all(
      [disturbed, undisturbed].map(async ({ tablePrefix }) => {
        const items = await readTable(clients.dynamo, tablePrefix + name, shape)
        return new Map([...items].filter(([key, item]) => isCompared(key, item)))
      }),
    )
    return compare(one ?? new Map(), other ?? new Map())
  }
  const newestAt = Math.floor(content.newestAt / minuteMs) * minuteMs
  // Times of one form compare as text.
  const newestMinute = new Date(newestAt).toISOString()
  const isBeforeNewest = (key: string) => key.endsWith('#judged') && key.slice(key.indexOf(' ') + 1) < newestMinute
  const judgedBefore = (item: string) => Number(/ judged=\{"N":"(\d+)"\}/.exec(item)?.[1]) < newestAt
  const compared = {
    cells: await both('cells'),
    ledger: await both('ledger'),
    minutes: await both('minutes', (key) => key.includes('#shardId-') || isBeforeNewest(key)),
    incidents: await both('incidents', (_, item) => item.includes(' end=') && judgedBefore(item)),
    archive: compare(archived.rows, (await readArchive(clients, undisturbed)).rows),
  }
  return {
    acknowledged: acknowledged.size,
    unstored,
    events: stored,
    copies: duplicated,
    lost: archive.lost + figures.missing,
    doubled: archive.doubled + figures.doubled,
    archive,
    figures,
    compared,
    identical: Object.values(compared).every(({ different }) => different === 0),
  }
}

/** The dashboard over the tables of one set, for as long as `use` takes. */
async function withDashboard<T>(
  { env }: Place,
  use: (dashboard: { url: string; token: string }) => Promise<T>,
): Promise<T> {
  const token = randomBytes(16).toString('hex')
  const own = { RETRACE_ADMIN_TOKEN: token, RETRACE_DASHBOARD_PORT: '0', RETRACE_LOG_LEVEL: 'error' }
  const dashboard = await startService('dashboard', 'dashboard/main.ts', { ...env, ...own })
  try {
    return await use({ url: `http://127.0.0.1:${dashboard.port}`, token })
  } finally {
    await dashboard.kill('SIGTERM')
  }
}

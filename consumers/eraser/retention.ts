/**
 * Erases what is older than its site keeps it (stream/site.ts): once a day, and what objects were before once no reader can
 * be at it. How far it is stands in one item of the table `control`, and whatever was done is found done after a crash.
 *
 *     kind      S  retention
 *     name      S  all
 *     revision  N  counts the writes
 *     progress  B  JSON in zstd: `RetentionProgress`
 */
import { GetItemCommand, paginateScan } from '@aws-sdk/client-dynamodb'
import { packed, unpacked } from '../../stream/packed.ts'
import { type Site, siteFromItem } from '../../stream/site.ts'
import { granularityMs, utcDay } from '../aggregator/shapes/cell-key.ts'
import { raiseRevisions } from '../aggregator/shapes/day-revisions.ts'
import { deleteCellsOf } from '../aggregator/shapes/delete-cells.ts'
import { countErased } from '../archiver/manifest.ts'
import type { ConsumerEnvironment } from '../runtime/process.ts'
import { replaceRevision } from '../runtime/revisions.ts'
import { listArchiveDays } from './archive-days.ts'
import { type ArchiveEraserStores, eraseRows, removeReplaced } from './erase-rows.ts'

export type RetentionProgress = {
  /** When the last whole run began, epoch milliseconds. */
  at: number
  /** By site: the last UTC day of arrival that is through. */
  through: Readonly<Record<string, string>>
  /** Days of arrival of which former objects are still there. */
  pending: readonly string[]
}

/** What the manifest notes beside the number of rows. */
const retention = 'retention'
const dayMs = 86_400_000
/** Clocks of those who append may differ by so much. */
const overlapMs = 3_600_000
const key = { kind: { S: retention }, name: { S: 'all' } }

/**
 * Does what is due.
 *
 * @throws AbortError when the signal says so, and whatever a store throws: the next call goes on
 */
export async function applyRetention(
  environment: Pick<ConsumerEnvironment, 'clients' | 'table'>,
  stores: ArchiveEraserStores,
  graceMs: number,
  signal?: AbortSignal,
): Promise<void> {
  const { clients, table } = environment
  const { manifest, now } = stores
  const startedAt = now()
  let { revision, progress } = await load()

  async function load(): Promise<{ revision: number; progress: RetentionProgress }> {
    const query = { TableName: table('control'), Key: key, ConsistentRead: true }
    const { Item } = await clients.dynamo.send(new GetItemCommand(query))
    if (!Item?.progress?.B) return { revision: 0, progress: { at: 0, through: {}, pending: [] } }
    return {
      revision: Number(Item.revision?.N),
      progress: unpacked<RetentionProgress>(Item.progress),
    }
  }

  /** @throws when another eraser has gone on: it does the rest */
  async function note(change: Partial<RetentionProgress>): Promise<void> {
    progress = { ...progress, ...change }
    revision += 1
    const item = { ...key, progress: packed(progress) }
    if (!(await replaceRevision(clients.dynamo, table('control'), item, revision)))
      throw new Error('another eraser applies what sites keep')
  }

  async function eraseDay(day: string, due: readonly Site[]): Promise<void> {
    const names = (sites: readonly Site[]) => new Set<unknown>(sites.map(({ site }) => site))
    const all = names(due)
    const fresh = names(due.filter(({ site }) => (progress.through[site] ?? '') < day))
    for (const hour of await manifest.listDay(day)) {
      signal?.throwIfAborted()
      // Of a day that is through, what came late.
      const over = hour.appendedAt >= progress.at - overlapMs ? all : fresh
      if (over.size > 0) await eraseRows(stores, hour, retention, ({ site }) => over.has(site))
    }
    if (fresh.size === 0) return
    const through = Object.fromEntries([...fresh].map((site) => [String(site), day]))
    await note({
      through: { ...progress.through, ...through },
      pending: [...new Set([...progress.pending, day])],
    })
  }

  async function removeFormer(day: string): Promise<boolean> {
    let removed = true
    for (const hour of await manifest.listDay(day)) {
      signal?.throwIfAborted()
      if (countErased(hour, retention) > 0) removed = (await removeReplaced(stores, hour, graceMs)) && removed
    }
    return removed
  }

  if (startedAt - progress.at >= dayMs) {
    const sites = await listKeeping(environment)
    const days = sites.some(({ archiveDays }) => archiveDays !== undefined)
      ? await listArchiveDays(clients.dynamo, table('archive'))
      : []
    for (const day of days) {
      const due = sites.filter(
        ({ archiveDays }) => archiveDays !== undefined && day < firstKept(archiveDays, startedAt),
      )
      if (due.length > 0) await eraseDay(day, due)
    }
    for (const { site, figureDays } of sites) {
      signal?.throwIfAborted()
      if (figureDays === undefined) continue
      const end = Date.parse(firstKept(figureDays, startedAt))
      const taken = new Set<string>()
      await deleteCellsOf(clients.dynamo, table('cells'), site, ({ start, granularity }) => {
        const isOver = start + granularityMs[granularity] <= end
        if (isOver) taken.add(utcDay(start))
        return isOver
      })
      await raiseRevisions(clients.dynamo, table('revisions'), site, [...taken])
    }
    await note({ at: startedAt })
  }
  for (const day of progress.pending)
    if (await removeFormer(day)) await note({ pending: progress.pending.filter((each) => each !== day) })
}

/** The first UTC day that is kept: so many whole days before today are. */
function firstKept(days: number, now: number): string {
  return utcDay(now - days * dayMs)
}

async function listKeeping({ clients, table }: Pick<ConsumerEnvironment, 'clients' | 'table'>): Promise<Site[]> {
  const sites: Site[] = []
  for await (const { Items = [] } of paginateScan({ client: clients.dynamo }, { TableName: table('sites') }))
    sites.push(...Items.map((item) => siteFromItem(item)))
  return sites.filter(({ archiveDays, figureDays }) => archiveDays !== undefined || figureDays !== undefined)
}

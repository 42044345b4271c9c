/** Takes erasures further, a step at a time, until they are done or have to wait; then what sites keep no longer. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Settings } from '../../stream/settings.ts'
import { consumerName as aggregator } from '../aggregator/aggregator.ts'
import { consumerName as detector } from '../anomaly-detector/detector.ts'
import { consumerName as archiver } from '../archiver/archiver.ts'
import { parquetStores } from '../archiver/compose.ts'
import { countErased } from '../archiver/manifest.ts'
import { generationsOf } from '../replay/known.ts'
import { SavedAll } from '../replay/saved-all.ts'
import { isAtWork } from '../replay/waiting.ts'
import type { ConsumerEnvironment } from '../runtime/process.ts'
import { createShardReader } from '../runtime/shard-reader.ts'
import { listArchiveDays } from './archive-days.ts'
import { type ArchiveEraserStores, eraseRows, type IsErased, removeReplaced } from './erase-rows.ts'
import { eraseSite } from './erase-site.ts'
import { createObjectVersions } from './object-versions.ts'
import { applyRetention } from './retention.ts'
import { createErasureStore } from './shapes/erasure-store.ts'
import type { ErasureChange, ErasureRecord } from './shapes/erasures.ts'

export type EraserOptions = {
  /** How long after it was asked for an endpoint may still take events of the site, and have them on their way. */
  settleMs: number
  /** How long a reader may go on with what the manifest said. */
  graceMs: number
  now: () => number
}

export function eraserOptions(settings: Pick<Settings, 'RETRACE_COMPACTION_GRACE_MS'>): EraserOptions {
  // Endpoints go by a registry that they read five seconds ago at most (ingest/sites.ts).
  return { settleMs: 30_000, graceMs: settings.RETRACE_COMPACTION_GRACE_MS, now: Date.now }
}

/** What a round did, and what kept it from doing more: the next one tries again. */
export type Erased = { done: number; waiting: number; faults: unknown[] }

export type Eraser = {
  /**
   * Takes all that are not done as far as they go, and erases what is older than its site keeps it.
   *
   * @throws AbortError when the signal says so; what is under way is left as a crash would leave it
   */
  round(signal?: AbortSignal): Promise<Erased>
}

const dayMs = 86_400_000
const consumers = [aggregator, archiver, detector]
/** What waits in the overflow or in quarantine may come as late as this. Nobody asks for a replay of a site that is closed. */
const lookAgainMs = 35 * dayMs
/** The manifest's own clocks may differ by so much from the eraser's. */
const overlapMs = 3_600_000
/** Kinesis needs several questions to get over a stretch without records; then the next round asks. */
const looks = { most: 40, everyMs: 250 }

export function createEraser(environment: ConsumerEnvironment, options: EraserOptions): Eraser {
  const { clients, table, objects, settings, checkpoints } = environment
  const { settleMs, graceMs, now } = options
  const erasures = createErasureStore(clients.dynamo, table('control'))
  const versions = createObjectVersions(clients.s3, settings.RETRACE_BUCKET, objects)
  const stores: ArchiveEraserStores = { ...parquetStores(environment), now, versions }
  const { manifest } = stores
  const reader = createShardReader(clients.kinesis, settings.RETRACE_STREAM)

  /** Whether everything lies where it is erased, and nobody brings what is erased back. */
  async function isSettled({ kind, requestedAt }: ErasureRecord, signal?: AbortSignal): Promise<boolean> {
    const end = requestedAt + settleMs
    if (now() <= end) return false
    // One that runs may have read the site's events already; one that begins now leaves the site out.
    if (kind === 'site' && (await generationsOf(environment).list()).some((record) => isAtWork(record, now())))
      return false
    const saved = new SavedAll({ checkpoints, reader }, consumers, end)
    for (let look = 0; look < looks.most; look++) {
      if (await saved.look()) return true
      await sleep(looks.everyMs, undefined, signal && { signal })
    }
    return false
  }

  async function eraseDay(record: ErasureRecord, day: string, signal?: AbortSignal): Promise<ErasureChange> {
    const isErased = isErasedBy(record)
    for (const hour of await manifest.listDay(day)) {
      signal?.throwIfAborted()
      if (record.since === undefined || hour.appendedAt >= record.since)
        await eraseRows(stores, hour, record.id, isErased)
    }
    const rows = (await manifest.listDay(day)).reduce((sum, hour) => sum + countErased(hour, record.id), 0)
    return { through: day, rows: { ...record.rows, ...(rows > 0 && { [day]: rows }) } }
  }

  /** @returns whether nothing of what was there before is left */
  async function removeBefore({ id, rows }: ErasureRecord, signal?: AbortSignal): Promise<boolean> {
    let removed = true
    for (const day of Object.keys(rows))
      for (const hour of await manifest.listDay(day)) {
        signal?.throwIfAborted()
        if (countErased(hour, id) > 0) removed = (await removeReplaced(stores, hour, graceMs)) && removed
      }
    return removed
  }

  /**
   * @param days of the archive: what comes behind them arrived after it was asked for
   * @returns what is to be noted of it; undefined while it has to wait
   */
  async function step(
    record: ErasureRecord,
    days: () => Promise<readonly string[]>,
    signal?: AbortSignal,
  ): Promise<ErasureChange | undefined> {
    switch (record.step) {
      case 'waiting':
        return (await isSettled(record, signal)) ? { step: 'archive' } : undefined
      case 'archive': {
        const day = (await days()).find((each) => each > (record.through ?? ''))
        return day === undefined ? { step: 'figures' } : eraseDay(record, day, signal)
      }
      case 'figures':
        if (record.kind === 'site') await eraseSite(environment, record.site)
        return { step: 'objects' }
      case 'objects': {
        if (!(await removeBefore(record, signal))) return undefined
        return { step: 'done', finishedAt: record.finishedAt ?? now(), lookedAt: now() }
      }
      case 'done':
        return isDueAgain(record, now())
          ? { step: 'archive', through: undefined, since: (record.lookedAt ?? 0) - overlapMs }
          : undefined
    }
  }

  /** @returns whether it is done */
  async function take(found: ErasureRecord, signal?: AbortSignal): Promise<boolean> {
    let record = found
    let listed: Promise<string[]> | undefined
    const days = () => (listed ??= listArchiveDays(clients.dynamo, table('archive')))
    while (true) {
      signal?.throwIfAborted()
      const change = await step(record, days, signal)
      if (!change) return record.step === 'done'
      const next = await erasures.change(record, { problem: undefined, ...change })
      // Another eraser has gone on with it.
      if (!next) return false
      record = next
    }
  }

  return {
    async round(signal) {
      const erased: Erased = { done: 0, waiting: 0, faults: [] }
      for (const record of (await erasures.list()).reverse()) {
        const wasDone = record.step === 'done'
        try {
          if (!(await take(record, signal))) erased.waiting += 1
          else if (!wasDone) erased.done += 1
        } catch (error) {
          signal?.throwIfAborted()
          // What keeps one from going on keeps no other.
          erased.faults.push(error)
          const latest = (await erasures.list()).find(({ id }) => id === record.id)
          if (latest) await erasures.change(latest, { problem: String((error as Error).message ?? error) })
        }
      }
      try {
        await applyRetention(environment, stores, graceMs, signal)
      } catch (error) {
        signal?.throwIfAborted()
        erased.faults.push(error)
      }
      return erased
    },
  }
}

function isErasedBy({ kind, site, value }: ErasureRecord): IsErased {
  switch (kind) {
    case 'site':
      return (row) => row.site === site
    case 'visitor':
      return (row) => row.site === site && (row.visitor === value || row.previous_visitor === value)
    case 'load':
      return (row) => row.site === site && row.load === value
  }
}

function isDueAgain({ kind, finishedAt = 0, lookedAt = 0 }: ErasureRecord, at: number): boolean {
  return kind === 'site' && at - lookedAt >= dayMs && at - finishedAt < lookAgainMs
}

/**
 * The anomaly detector: counts each site's page views and clicks a minute of arrival, and holds every minute that all
 * shards are through with against the baseline. Everything that arrives counts, robots too: a flood of them is what
 * an alert is for. Imports do not: they are history.
 */
import type { Shard } from '../../stream/shard-map.ts'
import type { Consumer } from '../runtime/consumer.ts'
import { applyOnce, type Change, inParallel } from '../runtime/exactly-once.ts'
import { inStore } from '../runtime/faults.ts'
import { Progress, type ProgressDependencies, type StateCodec } from '../runtime/progress.ts'
import { type DecodedStreamRecord, decodeRecords, type Quarantine } from '../runtime/records.ts'
import type { AlertStore } from './alerts.ts'
import { judgeMinutes } from './judge-minutes.ts'
import { type MinuteCounts, type MinuteKey, type MinuteStore, minuteOf, minuteText } from './minutes.ts'
import { Watermarks } from './watermarks.ts'

export const consumerName = 'anomaly-detector'

export type DetectorState = {
  /** When each site last sent something through this shard: which sites to look at. */
  sites: Map<string, number>
  /** Start of the first minute that is not judged yet; undefined before the first record. */
  judgeFrom: number | undefined
}

export type DetectorDependencies = Omit<ProgressDependencies<DetectorState>, 'consumer' | 'codec'> & {
  minutes: MinuteStore
  alerts: AlertStore
  quarantine: Quarantine
}

export function createAnomalyDetector({ minutes, alerts, quarantine, ...stores }: DetectorDependencies): Consumer {
  const watermarks = new Watermarks()

  async function judgeClosedMinutes(state: DetectorState): Promise<void> {
    const closed = minuteOf(watermarks.through())
    if (state.judgeFrom === undefined || closed <= state.judgeFrom) return
    await judgeMinutes({ minutes, alerts }, state.sites, state.judgeFrom, closed)
    state.judgeFrom = closed
  }

  /** @returns what writes the counts */
  function count(shardId: string, records: readonly DecodedStreamRecord[], state: DetectorState): () => Promise<void> {
    const pending = new Map<string, { key: MinuteKey; changes: Change<keyof MinuteCounts>[] }>()
    for (const { sequenceNumber, deliveries } of records) {
      for (const { site, received, sentAt, events } of deliveries) {
        if (sentAt === undefined) continue
        const minute = minuteOf(received)
        state.sites.set(site, received)
        state.judgeFrom ??= minute
        // As the key will have it: a time that makes none shows here, before anything is written.
        const name = `${site} ${minuteText(minute)}`
        const entry = pending.get(name) ?? { key: { site, minute, shardId }, changes: [] }
        pending.set(name, entry)
        for (const { type } of events) {
          if (type === 'pageview') entry.changes.push({ sequence: sequenceNumber, change: 'pageviews' })
          if (type === 'click') entry.changes.push({ sequence: sequenceNumber, change: 'clicks' })
        }
      }
    }
    return () =>
      inParallel(pending.values(), async ({ key, changes }) => {
        await applyOnce(minutes, key, undefined, changes, (counts, metric) => counts[metric]++)
      })
  }

  return {
    name: consumerName,
    async open(shard: Shard) {
      const { shardId } = shard
      watermarks.open(shardId)
      const progress = await Progress.open({ ...stores, consumer: consumerName, codec: stateCodec }, shard)
      const { state } = progress
      const place = { consumer: consumerName, shardId }
      return {
        get position() {
          return progress.position
        },
        async handle(records) {
          const decoded = await decodeRecords(place, records, progress.position, quarantine)
          await inStore(count(shardId, decoded, state))
          progress.advance(records)
          const last = decoded.at(-1)
          if (last) watermarks.advance(shardId, last.header.createdAt)
          await inStore(() => judgeClosedMinutes(state))
        },
        async passOver(record, { code, reason }) {
          await quarantine(place, record, code, reason)
          progress.advance([record])
        },
        async caughtUp(at) {
          watermarks.advance(shardId, at)
          await judgeClosedMinutes(state)
        },
        get noted() {
          return progress.noted
        },
        isCurrent: () => progress.isCurrent(),
        note: (at) => progress.note(at),
        save: () => progress.save(),
        async end() {
          await progress.save(true)
          watermarks.close(shardId)
        },
      }
    },
  }
}

/** The first ones had no `v`, and were of this format. */
type StateDocument = { v?: 1; sites: [string, number][]; judgeFrom: number | null }

const stateCodec: StateCodec<DetectorState> = {
  empty: () => ({ sites: new Map(), judgeFrom: undefined }),
  toJson: ({ sites, judgeFrom }): StateDocument => ({ v: 1, sites: [...sites], judgeFrom: judgeFrom ?? null }),
  fromJson(json) {
    const { v = 1, sites, judgeFrom } = json as StateDocument
    if (v !== 1) throw new Error(`a detector state of format ${v}, this reader knows 1`)
    return { sites: new Map(sites), judgeFrom: judgeFrom ?? undefined }
  },
  merge(states) {
    const from = states.map(({ judgeFrom }) => judgeFrom).filter((at) => at !== undefined)
    return {
      sites: new Map(states.flatMap(({ sites }) => [...sites])),
      judgeFrom: from.length > 0 ? Math.min(...from) : undefined,
    }
  },
}

/**
 * The anomaly detector: counts each site's page views and clicks a minute of arrival, and holds every minute that all
 * shards are through with against the baseline. Everything that arrives counts, robots too: a flood of them is what
 * an alert is for. Imports do not: they are history.
 */
import type { Shard } from '../../stream/shard-map.ts'
import type { Consumer } from '../runtime/consumer.ts'
import { applyOnce, type Change, inParallel } from '../runtime/exactly-once.ts'
import { Progress, type ProgressDependencies, type StateCodec } from '../runtime/progress.ts'
import { type DecodedStreamRecord, decodeRecords, type Quarantine } from '../runtime/records.ts'
import type { AlertStore } from './alerts.ts'
import { baselineMinutes, judge } from './baseline.ts'
import { type MinuteCounts, type MinuteKey, type MinuteStore, minuteMs, minuteOf } from './minutes.ts'
import { watchedMetrics } from './shapes/alert.ts'
import { Watermarks } from './watermarks.ts'

export const consumerName = 'anomaly-detector'

/** When each site last sent something: which sites to look at. Forgotten once the baseline is empty. */
export type DetectorState = Map<string, number>

export type DetectorDependencies = Omit<ProgressDependencies<DetectorState>, 'consumer' | 'codec'> & {
  minutes: MinuteStore
  alerts: AlertStore
  quarantine: Quarantine
}

export function createAnomalyDetector({ minutes, alerts, quarantine, ...stores }: DetectorDependencies): Consumer {
  const watermarks = new Watermarks()
  let judgedThrough: number | undefined

  /** Judges the minutes that all shards are through with, of the sites that this shard knows. */
  async function judgeClosedMinutes(sites: DetectorState): Promise<void> {
    const closed = minuteOf(watermarks.through())
    const from = judgedThrough ?? closed - minuteMs
    if (closed <= from) return
    for (const [site, lastSeen] of sites) if (lastSeen < from - baselineMinutes * minuteMs) sites.delete(site)
    await inParallel(sites.keys(), (site) => judgeSite(site, from, closed))
    judgedThrough = closed
  }

  async function judgeSite(site: string, from: number, to: number): Promise<void> {
    const series = await minutes.series(site, from - baselineMinutes * minuteMs, to)
    const began = Math.min(...series.keys())
    for (let minute = from; minute < to; minute += minuteMs) {
      const earliest = Math.max(began, minute - baselineMinutes * minuteMs)
      for (const metric of watchedMetrics) {
        const history: number[] = []
        for (let past = earliest; past < minute; past += minuteMs) history.push(series.get(past)?.[metric] ?? 0)
        const observed = series.get(minute)?.[metric] ?? 0
        const judgement = judge(observed, history)
        if (!judgement?.anomalous) continue
        const { expected, low, high, score } = judgement
        await alerts.put({ site, at: minute, metric, observed, expected, low, high, score })
      }
    }
  }

  async function count(shardId: string, records: readonly DecodedStreamRecord[], sites: DetectorState): Promise<void> {
    const pending = new Map<string, { key: MinuteKey; changes: Change<keyof MinuteCounts>[] }>()
    for (const { sequenceNumber, deliveries } of records) {
      for (const { site, received, sentAt, events } of deliveries) {
        if (sentAt === undefined) continue
        sites.set(site, received)
        const minute = minuteOf(received)
        const name = `${site} ${minute}`
        const entry = pending.get(name) ?? { key: { site, minute, shardId }, changes: [] }
        pending.set(name, entry)
        for (const { type } of events) {
          if (type === 'pageview') entry.changes.push({ sequence: sequenceNumber, change: 'pageviews' })
          if (type === 'click') entry.changes.push({ sequence: sequenceNumber, change: 'clicks' })
        }
      }
    }
    await inParallel(pending.values(), async ({ key, changes }) => {
      await applyOnce(minutes, key, undefined, changes, (counts, metric) => counts[metric]++)
    })
  }

  return {
    name: consumerName,
    async open(shard: Shard) {
      const { shardId } = shard
      const progress = await Progress.open({ ...stores, consumer: consumerName, codec: stateCodec }, shard)
      return {
        get position() {
          return progress.position
        },
        async handle(records) {
          const decoded = await decodeRecords(shardId, records, progress.position, quarantine)
          await count(shardId, decoded, progress.state)
          progress.advance(records)
          const last = decoded.at(-1)
          if (last) watermarks.advance(shardId, last.header.createdAt)
          await judgeClosedMinutes(progress.state)
        },
        async caughtUp(at) {
          watermarks.advance(shardId, at)
          await judgeClosedMinutes(progress.state)
        },
        isCurrent: () => progress.isCurrent(),
        save: () => progress.save(),
        async end() {
          await progress.save(true)
          watermarks.delete(shardId)
        },
      }
    },
  }
}

const stateCodec: StateCodec<DetectorState> = {
  empty: () => new Map(),
  toJson: (state) => [...state],
  fromJson: (json) => new Map(json as [string, number][]),
  merge: (states) => new Map(states.flatMap((state) => [...state])),
}

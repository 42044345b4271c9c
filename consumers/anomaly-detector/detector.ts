/**
 * The anomaly detector's part that reads the stream: counts what each site did in each minute of arrival, shard by shard.
 * What is made of whole minutes is the judge's (judge/judge.ts). Everything that arrives counts, robots too: a flood of
 * them is what an incident is for. Imports do not: they are history.
 */
import type { Delivery, TrackedEvent } from '../../stream/event.ts'
import type { Consumer } from '../runtime/consumer.ts'
import { applyOnce, type Change, inParallel } from '../runtime/exactly-once.ts'
import { inStore } from '../runtime/faults.ts'
import { Progress, type ProgressDependencies, stateless } from '../runtime/progress.ts'
import { type DecodedStreamRecord, decodeRecords, type Quarantine } from '../runtime/records.ts'
import { type MinuteKey, type MinuteStore, minuteOf, minuteText } from './minutes.ts'

export const consumerName = 'anomaly-detector'

export type DetectorDependencies = Omit<ProgressDependencies<undefined>, 'consumer' | 'codec'> & {
  minutes: MinuteStore
  quarantine: Quarantine
}

type Counted = { delivery: Delivery; event: TrackedEvent }

export function createAnomalyDetector({ minutes, quarantine, ...stores }: DetectorDependencies): Consumer {
  /** @returns what writes the counts */
  function count(shardId: string, records: readonly DecodedStreamRecord[]): () => Promise<void> {
    const pending = new Map<string, { key: MinuteKey; changes: Change<Counted>[] }>()
    for (const { sequenceNumber, deliveries } of records) {
      for (const delivery of deliveries) {
        const { site, received, sentAt, events } = delivery
        if (sentAt === undefined) continue
        const minute = minuteOf(received)
        // As the key will have it: a time that makes none shows here, before anything is written.
        const name = `${site} ${minuteText(minute)}`
        const entry = pending.get(name) ?? { key: { site, minute, shardId }, changes: [] }
        pending.set(name, entry)
        for (const event of events) entry.changes.push({ sequence: sequenceNumber, change: { delivery, event } })
      }
    }
    return () =>
      inParallel(pending.values(), async ({ key, changes }) => {
        await applyOnce(minutes, key, undefined, changes, (tally, { delivery, event }) => tally.add(delivery, event))
      })
  }

  return {
    name: consumerName,
    async open(shard) {
      const { shardId } = shard
      const progress = await Progress.open({ ...stores, consumer: consumerName, codec: stateless }, shard)
      const place = { consumer: consumerName, shardId }
      return {
        get position() {
          return progress.position
        },
        async handle(records) {
          const decoded = await decodeRecords(place, records, progress.position, quarantine)
          await inStore(count(shardId, decoded))
          progress.advance(records)
        },
        async passOver(record, { code, reason }) {
          await quarantine(place, record, code, reason)
          progress.advance([record])
        },
        async caughtUp() {},
        get noted() {
          return progress.noted
        },
        isCurrent: () => progress.isCurrent(),
        note: (at) => progress.note(at),
        save: () => progress.save(),
        end: () => progress.save(true),
      }
    },
  }
}

/**
 * Copies that were put back from the quarantine count once, however often they were put: `npm run quarantine -- retry` may
 * die between the acknowledgement of the copy and the deletion of the object, and Kinesis may have a copy twice. The
 * first copy in the stream is the one that counts, and its place is noted before anything is done with it:
 *
 *     state/CONSUMER/retried/SHARD/SEQUENCE     place of the original; the object says `SHARD/SEQUENCE` of the copy
 *
 * Whoever reads the first copy again, after a crash or beside another host, finds itself named and handles it as any
 * record; whoever reads a further one finds another named, and leaves it out. The notes stay: a few bytes for each
 * repair. The aggregator's cells need none, since it knows a batch by its producer's sequence (fold.ts); its ledger does.
 */
import { NoSuchKey } from '@aws-sdk/client-s3'
import type { Consumer, StreamRecord } from './consumer.ts'
import { inStore } from './faults.ts'
import type { Objects } from './objects.ts'

/** Of no consumer: a place moves past it, and nothing else happens. */
const forNobody = ''

/** The same consumer, for which further copies of what was put back are records of somebody else. */
export function takingRetriesOnce(consumer: Consumer, objects: Objects): Consumer {
  const { name } = consumer

  async function firstCopy(key: string, copy: string): Promise<string> {
    try {
      return Buffer.from(await objects.get(key)).toString()
    } catch (error) {
      if (!(error instanceof NoSuchKey)) throw error
      // Two hosts that come here at once have the same record before them: both write the same.
      await objects.put(key, Buffer.from(copy))
      return copy
    }
  }

  async function addressed(shardId: string, record: StreamRecord): Promise<StreamRecord> {
    const { retryFor, sequenceNumber } = record
    if (!retryFor?.startsWith(`${name}/`)) return record
    const original = retryFor.slice(name.length + 1)
    const copy = `${shardId}/${sequenceNumber}`
    const first = await inStore(() => firstCopy(`state/${name}/retried/${original}`, copy))
    return first === copy ? record : { ...record, retryFor: forNobody }
  }

  return {
    name,
    async open(shard) {
      const opened = await consumer.open(shard)
      return {
        get position() {
          return opened.position
        },
        async handle(records) {
          const taken: StreamRecord[] = []
          // In order: of two copies in one batch, the first is noted.
          for (const record of records) taken.push(await addressed(shard.shardId, record))
          await opened.handle(taken)
        },
        async passOver(record, reason) {
          const taken = await addressed(shard.shardId, record)
          // A further copy is none to be kept either.
          if (taken.retryFor === forNobody) await opened.handle([taken])
          else await opened.passOver(taken, reason)
        },
        caughtUp: (at) => opened.caughtUp(at),
        get noted() {
          return opened.noted
        },
        isCurrent: () => opened.isCurrent(),
        note: (at) => opened.note(at),
        save: () => opened.save(),
        end: () => opened.end(),
      }
    },
  }
}

/** A stream with records in it that consumers fail on, and what is left behind by whoever reads it. */
import { composeAggregator } from '../../consumers/aggregator/compose.ts'
import type { Consumer, StreamRecord } from '../../consumers/runtime/consumer.ts'
import { parseQuarantineKey } from '../../consumers/runtime/shapes/quarantine-key.ts'
import type { Settings } from '../../stream/settings.ts'
import { aDelivery, anEvent, aRecord, noon } from './events.ts'
import { dumpTable, freshEnvironment, listObjects, putRecords, runToEnd, shardReader, traffic } from './stream.ts'
import { wrapped } from './wrapped.ts'

/** A time that is no date: whoever looks for its day or hour fails. Deliveries before it are in the record too. */
export const poison = (n: number) =>
  aRecord(
    [
      aDelivery({ events: [anEvent({ load: 'abcdefabcdefabcd', n })] }),
      { ...aDelivery(), received: 1e20, sentAt: noon },
    ],
    { producerId: 'badbadbadbadbadb', producerSequence: n, createdAt: noon },
  )
export const isPoison = ({ data }: StreamRecord) => Buffer.from(data).toString('hex', 16, 24) === 'badbadbadbadbadb'

export const recordCount = 51
/** At the beginning, in the middle, two in a row, and at the end. */
export const poisonAt = [0, 15, 30, 31, 50]

export type PoisonedStream = {
  /** Sequence numbers of the poison records, in order. */
  poisoned: string[]
  /** The cells of the same stream without them. */
  withoutPoison: string[]
}

export async function putPoisonedTraffic(settings: Settings): Promise<PoisonedStream> {
  const all = traffic(recordCount * 5)
  const batches = Array.from({ length: recordCount }, (_, i) => all.slice(i * 5, i * 5 + 5))
  await putRecords(
    settings,
    batches.map((batch, i) => (poisonAt.includes(i) ? poison(i) : aRecord(batch, { producerSequence: i }))),
  )
  const environment = await freshEnvironment('without')
  await runToEnd(leavingOut(composeAggregator(environment), isPoison), settings)
  const poisoned: string[] = []
  const reader = shardReader(settings)
  for (const { shardId } of await reader.listShards())
    for (const record of (await reader.open(shardId, undefined).read(1000)).records)
      if (isPoison(record)) poisoned.push(record.sequenceNumber)
  if (poisoned.length !== poisonAt.length) throw new Error(`${poisoned.length} poison records are in the stream`)
  return { poisoned, withoutPoison: await dumpTable('without-cells') }
}

/** The same consumer on a stream without some records. */
export function leavingOut(consumer: Consumer, isLeftOut: (record: StreamRecord) => boolean): Consumer {
  return wrapped(consumer, (opened) => ({
    handle: (records) => opened.handle(records.filter((record) => !isLeftOut(record))),
  }))
}

/** Sequence numbers of what a consumer has set aside. */
export async function quarantinedIn(bucket: string, consumer: string): Promise<string[]> {
  const keys = await listObjects(bucket, `quarantine/${consumer}/`)
  return keys.map((key) => parseQuarantineKey(key)?.sequenceNumber ?? key)
}

/** Waits for the consumers to note that they have reached what is in the ledger: they do so some seconds later. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { ArrivalRange } from '../../consumers/archiver/read-archive.ts'
import type { ConsumerEnvironment } from '../../consumers/runtime/process.ts'
import { isAfter } from '../../stream/sequence.ts'
import { readLedger } from './read-ledger.ts'
import { readAllPositions } from './reconcile.ts'

const pollMs = 500

/** @returns when both are there, or the time is over: what is missing then is reported as "not yet" */
export async function awaitConsumers(
  environment: ConsumerEnvironment,
  range: ArrivalRange,
  waitMs: number,
): Promise<void> {
  const deadline = performance.now() + waitMs
  const counted = (await readLedger(environment, range)).flatMap(({ aggregator, archiver }) =>
    [aggregator, archiver].filter((entry) => entry !== undefined),
  )
  while (performance.now() < deadline) {
    const { aggregator, archiver } = await readAllPositions(environment)
    const isThere = ({ shardId, sequence }: { shardId: string; sequence: string }) =>
      [aggregator, archiver].every((positions) => !isAfter(sequence, positions.get(shardId)))
    if (counted.every(isThere)) return
    await sleep(pollMs)
  }
}

/** Divides the running day, so that what has arrived until then can be replayed while live consumption goes on behind it. */
import { setTimeout as sleep } from 'node:timers/promises'
import { consumerName as aggregator } from '../aggregator/aggregator.ts'
import { createCutStore, minCutAheadMs } from '../aggregator/cuts.ts'
import { consumerName as archiver } from '../archiver/archiver.ts'
import type { ConsumerEnvironment } from '../runtime/process.ts'
import { createShardReader } from '../runtime/shard-reader.ts'
import { SavedAll } from './saved-all.ts'

type Environment = Pick<ConsumerEnvironment, 'checkpoints' | 'clients' | 'settings' | 'table'>

/** Clocks of the store and of this process differ, and the request takes its time. */
const aheadMs = minCutAheadMs + 1000
/** From when the endpoint received an event until it is written: the stream, a batch window, the values of cells. */
const settleMs = 3000
/**
 * The longest that there can be between two saves (stream/settings.ts), and some more: whoever is further behind has a
 * problem of its own. Where they save more often, it does not take so long.
 */
const patienceMs = 1_020_000
const pollMs = 500

/** @returns the time of a cut that has just been made, when aggregator and archiver have written all before it */
export async function cutHere(
  environment: Environment,
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<number> {
  const { checkpoints, clients, settings, table } = environment
  const at = Math.ceil((Date.now() + aheadMs) / 1000) * 1000
  const result = await createCutStore(clients.dynamo, table('control')).make({ at }, Date.now())
  if (result.outcome === 'too_many') throw new Error('there are too many cuts: replay whole days')
  if (result.outcome === 'too_soon') throw new Error('the cut could not be made in time: try again')
  say(`What arrives before ${new Date(at).toISOString()} is replayed; waiting until it is there.`)
  const reader = createShardReader(clients.kinesis, settings.RETRACE_STREAM)
  const time = at + settleMs
  const saved = new SavedAll({ checkpoints, reader }, [aggregator, archiver], time)
  while (Date.now() < time || !(await saved.look())) {
    if (Date.now() > at + patienceMs)
      throw new Error(
        `${aggregator} or ${archiver} has not saved for ${patienceMs / 60_000} minutes: npm run reconcile, or the page of the pipeline, says how far it is`,
      )
    await sleep(pollMs, undefined, { signal })
  }
  return at
}

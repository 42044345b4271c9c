/** One run against the consumers, and away with everything, however it ends. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { runToEnd } from '../../bench/server-process.ts'
import { type Stores, startStores } from '../../bench/stores.ts'
import type { RuleCount } from '../../faults/schedule.ts'
import { createStoreClients } from '../../reconcile/stores.ts'
import { startEndpoint } from '../endpoint.ts'
import { finishWithinMs, type Load, site, startLoad } from '../load.ts'
import type { ChaosOptions } from '../options.ts'
import type { ChaosProgress } from '../progress.ts'
import { root } from '../retrace.ts'
import { createSender, type Sender } from '../sender.ts'
import type { Victim } from '../victim.ts'
import { type Account, accountOf } from './account.ts'
import { awaitCaughtUp } from './caught-up.ts'
import { putHistory } from './history.ts'
import { type ConsumerSet, leastOf, startSet } from './kill-each.ts'
import { makePlace } from './set.ts'
import { type StoreFaults, startStoreFaults } from './store-faults.ts'
import { readContent } from './stream-content.ts'

export type ConsumersReport = Pick<ChaosOptions, 'target' | 'signal' | 'rate' | 'seed'> &
  Account & {
    /** Of each consumer. */
    kills: number
    /** Of the kills, restarts included. */
    seconds: number
    crashes: number
    /** The faults, by store, with how often each was done. */
    faults: Record<string, RuleCount[]>
    /** Requests that were still not acknowledged when the run gave up waiting for them. */
    stuck: number
  }

export async function runConsumers(
  options: ChaosOptions,
  progress: ChaosProgress,
  abort: AbortSignal,
): Promise<ConsumersReport> {
  const { target, kills, rate, seed, signal } = options
  let stores: Stores | undefined
  let endpoint: Victim | undefined
  let faults: StoreFaults | undefined
  let set: ConsumerSet | undefined
  let others: ConsumerSet | undefined
  let sender: Sender | undefined
  let load: Load | undefined
  try {
    progress.say('Starting stores, an endpoint and the consumers …')
    stores = await startStores(undefined)
    // What overflows to S3 would wait for a redriver: the endpoint, which nothing disturbs here, has time instead.
    const env: NodeJS.ProcessEnv = { ...stores.env, RETRACE_KINESIS_PATIENCE_MS: '60000' }
    if (!existsSync(join(root, 'dist/dashboard'))) await runToEnd(['dashboard/build.ts'], env)
    const clients = createStoreClients(env)
    const stream = env.RETRACE_STREAM || 'retrace'
    const disturbed = await makePlace(env, 'disturbed')
    const undisturbed = await makePlace(env, 'undisturbed')
    abort.throwIfAborted()
    // Before anybody reads: the detector takes a shard that is read to its end for one in which nothing old will come.
    const stored = await putHistory({ kinesis: clients.kinesis, stream, site, seed: seed + 1, now: Date.now() })
    endpoint = await startEndpoint({ env })
    faults = await startStoreFaults(disturbed.env, seed + 2, options.faults)
    set = await startSet(faults.env)
    sender = createSender(endpoint.ingestUrl, site)
    load = startLoad({ sender, rate, seed })
    const running = load

    progress.say(`Ending ${kills} times each of the consumers with ${signal}, at up to ${rate} events/s …`)
    const startedAt = performance.now()
    const ended = await set.killEach({
      kills,
      signal,
      seed: seed + 3,
      onKill: (kills) => progress.kill(kills, running),
      abort,
    })
    const seconds = (performance.now() - startedAt) / 1000
    const stuck = await load.finish(finishWithinMs)
    await endpoint.stop()
    progress.done()

    progress.say('Reading the same stream with consumers that nothing disturbs …')
    faults.end()
    const content = await readContent(clients.kinesis, stream)
    others = await startSet(undisturbed.env)
    await Promise.all(
      [disturbed, undisturbed].map((place) => awaitCaughtUp({ dynamo: clients.dynamo, ...place, content, abort })),
    )
    await Promise.all([set.stop(), others.stop()])

    progress.say('Comparing what they left behind …')
    for (const event of load.acknowledged) stored.add(event.site, event.load, event.n)
    const account = await accountOf({ acknowledged: stored, clients, stream, content, disturbed, undisturbed, abort })
    return {
      target,
      signal,
      rate,
      seed,
      kills: leastOf(ended.killed),
      seconds: Math.round(seconds * 10) / 10,
      crashes: ended.crashes.length,
      stuck,
      ...account,
      faults: faults.counts(),
    }
  } finally {
    progress.done()
    await load?.finish(0)
    sender?.close()
    await Promise.all([set?.stop(), others?.stop()])
    await endpoint?.stop()
    await faults?.close()
    await stores?.stop()
  }
}

/** One run from start to verdict, and away with everything, however it ends. */
import { createFaultProxy, type FaultProxy } from '../faults/proxy.ts'
import type { RuleCount } from '../faults/schedule.ts'
import { seededRandom } from '../random.ts'
import { type Reconciliation, reconcile } from '../reconcile/reconcile.ts'
import { createStoreClients } from '../reconcile/stores.ts'
import { startEndpoint } from './endpoint.ts'
import { type Rounds, runRounds } from './kill-rounds.ts'
import { finishWithinMs, type Load, type LoadCounts, site, startLoad } from './load.ts'
import type { ChaosOptions } from './options.ts'
import type { ChaosProgress } from './progress.ts'
import { type Retrace, startRetrace } from './retrace.ts'
import { createSender, type Sender } from './sender.ts'
import type { Victim } from './victim.ts'

export type ChaosReport = Pick<ChaosOptions, 'target' | 'signal' | 'rate' | 'seed'> &
  Omit<Rounds, 'crashes' | 'unanswered' | 'cutOff'> &
  /** With SIGTERM; with SIGKILL nobody owes an answer. */
  Partial<Pick<Rounds, 'unanswered' | 'cutOff'>> &
  Reconciliation &
  LoadCounts & {
    /** Of the rounds, restarts included. */
    seconds: number
    crashes: number
    /** The faults, with how often each was done. */
    faults: RuleCount[]
    /** Requests that were still not acknowledged when the run gave up waiting for them. */
    stuck: number
  }

export async function runChaos(
  options: ChaosOptions,
  progress: ChaosProgress,
  abort: AbortSignal,
): Promise<ChaosReport> {
  const { target, kills, rate, seed, signal, faults } = options
  let retrace: Retrace | undefined
  let proxy: FaultProxy | undefined
  let victim: Victim | undefined
  let sender: Sender | undefined
  let load: Load | undefined
  try {
    progress.say('Starting a Retrace of its own …')
    retrace = await startRetrace()
    abort.throwIfAborted()
    if (faults.length > 0) {
      const store = retrace.env.AWS_ENDPOINT_URL_KINESIS ?? ''
      proxy = await createFaultProxy({ target: store, seed, rules: faults, now: () => performance.now() })
    }
    victim = await startEndpoint(proxy ? behind(proxy, retrace) : retrace)
    sender = createSender(victim.ingestUrl, site)
    load = startLoad({ sender, rate, seed })
    const running = load

    progress.say(`Ending the ingestion endpoint ${kills} times with ${signal}, at up to ${rate} events/s …`)
    const startedAt = performance.now()
    const onKill = (rounds: Rounds) => progress.kill(rounds.kills, running)
    const rounds = await runRounds({ victim, load, kills, signal, random: seededRandom(seed + 1), onKill, abort })
    const seconds = (performance.now() - startedAt) / 1000
    const stuck = await load.finish(finishWithinMs)
    await victim.stop()
    progress.done()

    progress.say('Reading the stream, and waiting for the figures …')
    const account = await reconcile({
      acknowledged: load.acknowledged,
      clients: createStoreClients(retrace.env),
      stream: retrace.env.RETRACE_STREAM || 'retrace',
      bucket: retrace.env.RETRACE_BUCKET || 'retrace',
      dashboard: { url: retrace.running().dashboardUrl, token: retrace.token },
      signal: abort,
    })
    const { crashes, unanswered, cutOff, ...ended } = rounds
    return {
      target,
      signal,
      rate,
      seed,
      ...ended,
      ...(signal === 'SIGTERM' && { unanswered, cutOff }),
      ...account,
      ...load.counts,
      crashes: crashes.length,
      faults: proxy?.stats().rules ?? [],
      stuck,
      seconds: Math.round(seconds * 10) / 10,
    }
  } finally {
    progress.done()
    await load?.finish(0)
    sender?.close()
    await victim?.stop().catch(() => undefined)
    await proxy?.close()
    await retrace?.close()
  }
}

/** The same Retrace for the target, but with its Kinesis behind the proxy; the account is read past it. */
function behind({ url }: FaultProxy, retrace: Retrace): Retrace {
  return { ...retrace, env: { ...retrace.env, AWS_ENDPOINT_URL_KINESIS: url } }
}

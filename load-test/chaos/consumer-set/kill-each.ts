/** Each consumer lives for a random moment, is killed and started again, beside the others and in no step with them. */
import { setTimeout as sleep } from 'node:timers/promises'
import { between, type Random, seededRandom } from '../../random.ts'
import type { Exit, ServiceProcess } from '../service-process.ts'
import { type ConsumerName, consumerNames, startConsumer } from './set.ts'

export type Kills = {
  killed: Record<ConsumerName, number>
  /** Ends that nobody asked for. */
  crashes: { name: ConsumerName; exit: Exit; output: string }[]
}

export type ConsumerSet = {
  /** Kills each of them so often; resolves when all are up again. */
  killEach(options: KillOptions): Promise<Kills>
  /** In order: everything that was begun is finished and saved. */
  stop(): Promise<void>
}

export type KillOptions = {
  kills: number
  signal: 'SIGKILL' | 'SIGTERM'
  seed: number
  /** Told when each of them was killed so often. */
  onKill: (kills: number) => void
  abort: AbortSignal
}

/** From ready to the signal: around the first reads and writes after a start. */
const shortMs = { least: 20, most: 1500 }
/** Every third life is long enough for the archiver to have written, and for its compactor to be merging. */
const middleEvery = 3
const middleMs = { least: 1500, most: 5000 }
/** Every twelfth life is long enough for a save, which the aggregator and the detector make after 10 and 15 s. */
const longEvery = 12
const longMs = { least: 11_000, most: 18_000 }
/** More than this is no accident, and every further round would only repeat it. */
const maxCrashes = 5

export function leastOf(killed: Kills['killed']): number {
  return Math.min(...Object.values(killed))
}

/** @param life of one consumer, counted from 1 */
function lifeMs(life: number): { least: number; most: number } {
  if (life % longEvery === 0) return longMs
  return life % middleEvery === 0 ? middleMs : shortMs
}

export async function startSet(env: NodeJS.ProcessEnv): Promise<ConsumerSet> {
  const running = new Map<ConsumerName, ServiceProcess>()
  const start = async (name: ConsumerName) => void running.set(name, await startConsumer(name, env))
  const stop = async () => {
    await Promise.all([...running.values()].map(async (consumer) => consumer.exit() ?? consumer.kill('SIGTERM')))
  }

  async function killAgain(name: ConsumerName, random: Random, options: KillOptions, kills: Kills): Promise<void> {
    const { signal, onKill, abort } = options
    while (kills.killed[name] < options.kills) {
      const { least, most } = lifeMs(kills.killed[name] + 1)
      await sleep(between(random, least, most), undefined, { signal: abort })
      const consumer = running.get(name) as ServiceProcess
      const crash = consumer.exit()
      if (crash) {
        kills.crashes.push({ name, ...crash })
        if (kills.crashes.length > maxCrashes) throw new Error(`The ${name} keeps ending by itself:\n${crash.output}`)
      } else {
        await consumer.kill(signal)
        const before = leastOf(kills.killed)
        kills.killed[name] += 1
        if (leastOf(kills.killed) > before) onKill(before + 1)
      }
      abort.throwIfAborted()
      await start(name)
    }
  }

  try {
    await Promise.all(consumerNames.map(start))
  } catch (error) {
    await stop()
    throw error
  }
  return {
    async killEach(options) {
      const kills: Kills = { killed: { aggregator: 0, archiver: 0, 'anomaly-detector': 0 }, crashes: [] }
      const failed = new AbortController()
      const abort = AbortSignal.any([options.abort, failed.signal])
      const loops = consumerNames.map((name, i) =>
        killAgain(name, seededRandom(options.seed + i), { ...options, abort }, kills).catch((error: unknown) => {
          // The others would go on without anybody who waits for them.
          failed.abort(error)
          throw error
        }),
      )
      const outcomes = await Promise.allSettled(loops)
      if (outcomes.some(({ status }) => status === 'rejected')) throw options.abort.reason ?? failed.signal.reason
      return kills
    },
    stop,
  }
}

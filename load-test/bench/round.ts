/**
 * One round: every server started afresh, warmed up, and measured in turns, so that what else happens on the machine
 * and how the compiler fell out this time meets all of them alike.
 */
import { Connections } from './connections.ts'
import { closedLoop, type LoopResult, openLoop } from './loops.ts'
import { median } from './median.ts'
import { type Cores, type ServerProcess, startServer } from './server-process.ts'

export const contenders = {
  ours: new URL('../../ingest/main.ts', import.meta.url),
  bare: new URL('./bare-server.ts', import.meta.url),
  putRecordPerEvent: new URL('./put-record-server.ts', import.meta.url),
} as const
export type Contender = keyof typeof contenders

export type RoundOptions = {
  env: NodeJS.ProcessEnv
  cores: Cores
  pool: readonly Buffer[]
  /** Of each measurement. */
  seconds: number
  requestsPerSecond: number
  onStep: (step: string) => void
}

export type RoundResult = {
  /** Processor time for a request, user and system. */
  cpuMicros: Record<Contender, number>
  /** Closed loop. */
  perSecond: Record<'ours' | 'bare', number>
  /** Share of its core that the server used meanwhile: well below 1, something else was the limit. */
  coreShare: Record<'ours' | 'bare', number>
  latencyMs: { p50: number; p99: number }
  failed: number
}

/**
 * Connections to each server. In the closed loop they bound the requests in flight, and a request waits for its batch
 * (50 ms): with fewer, the wait would be measured, not the server.
 */
const connectionCount = 1000
/**
 * How long each server is measured before it is the other's turn: short, so that what disturbs meets both, and no shorter,
 * because the endpoint's last batch of a turn is one more than the turn has room for. In turns of 250 ms, which five batches
 * fill, it had six.
 */
const turnMs = 1000
/**
 * How long each server takes requests before anything is measured, in lengths of a measurement, and at most so long: at
 * the rate and in the turns that are measured, because memory and compiled code fit themselves to a rate, and because one
 * core may have no room for two at a time. The endpoint calls Kinesis 20 times a second: until the compiler has found what of
 * that is hot, a call takes three times as long as later, and an endpoint runs for days.
 */
const settlingLengths = 4
const maxSettlingMs = 20_000
/** Of the rate. Each event is a request to Kinesis there: at all of it the embedded store would be the limit. */
const putRecordShare = 0.025

type Side = { server: ServerProcess; connections: Connections }

export async function measureRound(options: RoundOptions): Promise<RoundResult> {
  const { env, cores, pool, seconds, requestsPerSecond, onStep } = options
  const sides: Partial<Record<Contender, Side>> = {}
  try {
    for (const name of Object.keys(contenders) as Contender[]) {
      onStep(`start ${name}`)
      sides[name] = await startSide(contenders[name], env, cores)
    }
    const { ours, bare, putRecordPerEvent } = sides as Record<Contender, Side>
    let failed = 0
    const counted = (result: LoopResult) => {
      failed += result.failed
      return result
    }

    const warmUpMs = Math.min(3, seconds) * 1000
    onStep('warm up')
    for (const { connections } of [ours, bare]) counted(await closedLoop(connections, pool, warmUpMs))
    const settlingMs = Math.min(settlingLengths * seconds * 1000, maxSettlingMs)
    await takeTurns([ours, bare], settlingMs, async ({ connections }, ms) => {
      counted(await openLoop(connections, pool, ms, requestsPerSecond))
    })
    counted(await openLoop(putRecordPerEvent.connections, pool, settlingMs / 2, requestsPerSecond * putRecordShare))

    // Before they are saturated, which they would have to settle from once more.
    const meters = { ours: new CpuMeter(ours), bare: new CpuMeter(bare) }
    const putRecordMeter = new CpuMeter(putRecordPerEvent)
    onStep('processor time')
    await takeTurns([meters.ours, meters.bare], seconds * 1000, async (meter, ms) => {
      counted(await meter.run(pool, ms, requestsPerSecond))
    })
    counted(await putRecordMeter.run(pool, seconds * 500, requestsPerSecond * putRecordShare))

    const perSecond = { ours: 0, bare: 0 }
    const coreShare = { ours: 0, bare: 0 }
    for (const [name, { server, connections }] of [
      ['ours', ours],
      ['bare', bare],
    ] as const) {
      onStep(`throughput of ${name}`)
      const before = await server.cpuMs()
      const result = counted(await closedLoop(connections, pool, seconds * 1000))
      perSecond[name] = result.answered / result.seconds
      coreShare[name] = ((await server.cpuMs()) - before) / 1000 / result.seconds
    }

    onStep('latency at half the saturated rate')
    const { latency } = counted(await openLoop(ours.connections, pool, seconds * 1000, perSecond.ours / 2))
    return {
      cpuMicros: {
        ours: meters.ours.microsPerRequest,
        bare: meters.bare.microsPerRequest,
        putRecordPerEvent: putRecordMeter.microsPerRequest,
      },
      perSecond,
      coreShare,
      latencyMs: { p50: latency.percentile(50) / 1000, p99: latency.percentile(99) / 1000 },
      failed,
    }
  } finally {
    await Promise.all(Object.values(sides).map(stopSide))
  }
}

/** There and back: neither is always the one that finds the caches cold. */
async function takeTurns<T>(pair: [T, T], ms: number, turn: (one: T, ms: number) => Promise<void>): Promise<void> {
  const [first, second] = pair
  for (let taken = 0; taken * turnMs < ms; taken += 1)
    for (const one of taken % 2 === 0 ? [first, second] : [second, first]) await turn(one, Math.min(turnMs, ms))
}

async function startSide(file: URL, env: NodeJS.ProcessEnv, cores: Cores): Promise<Side> {
  const server = await startServer(file, [], { env, core: cores?.server })
  try {
    return { server, connections: await Connections.open(server.port, connectionCount) }
  } catch (error) {
    await server.stop()
    throw error
  }
}

async function stopSide({ server, connections }: Side): Promise<void> {
  connections.close()
  await server.stop()
}

/** Processor time for a request, as the median of turns: one that another program disturbed counts for little. */
class CpuMeter {
  readonly #side: Side
  readonly #turns: number[] = []

  constructor(side: Side) {
    this.#side = side
  }

  async run(pool: readonly Buffer[], ms: number, requestsPerSecond: number): Promise<LoopResult> {
    const before = await this.#side.server.cpuMs()
    const result = await openLoop(this.#side.connections, pool, ms, requestsPerSecond)
    const cpuMs = (await this.#side.server.cpuMs()) - before
    this.#turns.push((cpuMs * 1000) / Math.max(1, result.answered))
    return result
  }

  get microsPerRequest(): number {
    return median(this.#turns)
  }
}

/**
 * Takes up the replays that dashboards ask for, one at a time, each in a process of its own: `npm run replay -- --resume`,
 * which says in the generation's record how it goes. What was left by a process that died is gone on with.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import {
  createGenerationStore,
  type GenerationStore,
  silentMs,
} from '../../consumers/replay/shapes/generation-store.ts'
import type { GenerationRecord } from '../../consumers/replay/shapes/generations.ts'
import { consumerEnvironment } from '../../consumers/runtime/process.ts'
import { runService } from '../../stream/service.ts'

const lookEveryMs = 5000
/** Of what a failed process printed: its last lines say why. */
const maxOutput = 2000

await runService(process, async () => {
  const { clients, settings, table } = consumerEnvironment(process.env)
  const log = pino({ level: settings.RETRACE_LOG_LEVEL, name: 'replay' })
  const generations = createGenerationStore(clients.dynamo, table('control'))
  const stop = new AbortController()
  let running: Promise<void> | undefined

  async function serve(): Promise<void> {
    while (!stop.signal.aborted) {
      try {
        const next = nextOf(await generations.list(), Date.now())
        if (next) {
          log.info({ generation: next.id }, 'taking up a replay')
          await replay(next, generations, stop.signal)
        }
      } catch (err) {
        log.error({ err }, 'replays could not be looked after')
      }
      await sleep(lookEveryMs, undefined, { signal: stop.signal }).catch(() => {})
    }
  }

  return {
    drainMs: settings.RETRACE_DRAIN_MS,
    onFault: (err) => log.error({ err }, 'the replay service did not stop cleanly'),
    async start() {
      running = serve()
      return {}
    },
    async stop() {
      stop.abort()
      await running
    },
  }
})

/** The replay that waits longest, or one that nobody works on any more. */
function nextOf(records: readonly GenerationRecord[], now: number): GenerationRecord | undefined {
  const isWaiting = ({ state, requestedAt, startedAt, progress }: GenerationRecord) =>
    state === 'requested' ||
    (state === 'running' && now - Math.max(requestedAt, startedAt ?? 0, progress?.at ?? 0) > silentMs)
  return records.filter(isWaiting).sort((a, b) => a.requestedAt - b.requestedAt)[0]
}

async function replay({ id }: GenerationRecord, generations: GenerationStore, signal: AbortSignal): Promise<void> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'cli.ts'), '--resume', id], {
    stdio: ['ignore', 'ignore', 'pipe'],
    // With SIGKILL as good as any: it goes on from its last save.
    signal,
    killSignal: 'SIGKILL',
  })
  let output = ''
  child.stderr.on('data', (data: Buffer) => {
    output = (output + data).slice(-maxOutput)
  })
  child.on('error', () => {})
  const [code] = (await once(child, 'close')) as [number | null]
  if (code === 0 || signal.aborted) return
  // From when it has taken the generation on, it notes itself why it failed. Before that, nobody would, and it would be
  // taken up for ever.
  const record = await generations.find(id)
  if (record?.state === 'requested')
    await generations.change(id, 'fail', { finishedAt: Date.now(), error: output.trim() || `it ended with ${code}` })
}

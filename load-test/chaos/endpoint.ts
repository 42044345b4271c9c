/**
 * An ingestion endpoint of our own, beside the one that the supervisor keeps: started again at once and on the same
 * port, where the supervisor would wait longer with every death.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { type Retrace, root } from './retrace.ts'
import { tailOf } from './tail.ts'
import type { Exit, Victim } from './targets.ts'

/** What ingest/main.ts tells its parent (stream/service.ts). */
type Message = { ready: true; port: number } | { failed: string }

const readyWithinMs = 30_000
/** Longer than RETRACE_DRAIN_MS, after which the process ends itself. */
const goneWithinMs = 20_000

export async function startEndpoint(retrace: Retrace): Promise<Victim> {
  let { child, port, output } = await spawnEndpoint(retrace, 0)

  const exitOf = (): Exit | undefined =>
    child.exitCode === null && child.signalCode === null
      ? undefined
      : { code: child.exitCode, signal: child.signalCode }

  async function kill(signal: NodeJS.Signals): Promise<Exit | undefined> {
    const gone = exitOf() ? Promise.resolve() : once(child, 'exit')
    child.kill(signal)
    let late = false
    const timer = setTimeout(() => {
      late = true
      child.kill('SIGKILL')
    }, goneWithinMs)
    await gone
    clearTimeout(timer)
    return late ? undefined : exitOf()
  }

  return {
    ingestUrl: `http://127.0.0.1:${port}`,
    crash() {
      const exit = exitOf()
      return exit && { exit, output: output() }
    },
    kill,
    async restart() {
      ;({ child, output } = await spawnEndpoint(retrace, port))
    },
    async stop() {
      if (!exitOf()) await kill('SIGTERM')
    },
  }
}

/** @param port 0 for the first time */
async function spawnEndpoint(
  { env }: Retrace,
  port: number,
): Promise<{ child: ChildProcess; port: number; output: () => string }> {
  const child = spawn(process.execPath, [join(root, 'ingest/main.ts')], {
    env: { ...env, RETRACE_INGEST_PORT: String(port), RETRACE_LOG_LEVEL: 'error' },
    // The channel tells when it is ready, and ends it should we be gone.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const output = tailOf(child)
  const signal = AbortSignal.timeout(readyWithinMs)
  const message = await Promise.race([
    once(child, 'message', { signal }).then(([first]) => first as Message),
    once(child, 'exit', { signal }).then((): Message => ({ failed: output() })),
  ]).catch((): Message => ({ failed: `it was not ready within ${readyWithinMs / 1000} s` }))
  if ('ready' in message) return { child, port: message.port, output }
  child.kill('SIGKILL')
  throw new Error(`The endpoint did not start: ${message.failed}`)
}

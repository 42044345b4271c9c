/** One of our services as a process that is killed and started again. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { ServiceMessage } from '../../stream/service.ts'
import { root } from './retrace.ts'
import { tailOf } from './tail.ts'

export type Exit = { code: number | null; signal: NodeJS.Signals | null }

export type ServiceProcess = {
  /** On which it listens; 0 when it does not. */
  port: number
  /** Undefined while it runs; how it ended, and the last that it printed. */
  exit(): { exit: Exit; output: string } | undefined
  /** Sends the signal; resolves when the process is gone, or with nothing when it would not go and was killed. */
  kill(signal: NodeJS.Signals): Promise<Exit | undefined>
}

const readyWithinMs = 30_000
/** Longer than RETRACE_DRAIN_MS, after which the process ends itself. */
const goneWithinMs = 20_000

/**
 * @param file from the root of the repository
 * @throws with what it printed when it does not become ready
 */
export async function startService(name: string, file: string, env: NodeJS.ProcessEnv): Promise<ServiceProcess> {
  // The channel tells when it is ready, and ends it should we be gone.
  const child = spawn(process.execPath, [join(root, file)], { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  const output = tailOf(child)
  const signal = AbortSignal.timeout(readyWithinMs)
  const message = await Promise.race([
    once(child, 'message', { signal }).then(([first]) => first as ServiceMessage),
    once(child, 'exit', { signal }).then((): ServiceMessage => ({ failed: output() })),
  ]).catch((): ServiceMessage => ({ failed: `it was not ready within ${readyWithinMs / 1000} s` }))
  if ('failed' in message) {
    child.kill('SIGKILL')
    throw new Error(`The ${name} did not start: ${message.failed}`)
  }
  return {
    port: message.port ?? 0,
    exit() {
      const exit = exitOf(child)
      return exit && { exit, output: output() }
    },
    kill: (signal) => kill(child, signal),
  }
}

async function kill(child: ChildProcess, signal: NodeJS.Signals): Promise<Exit | undefined> {
  const gone = exitOf(child) ? Promise.resolve() : once(child, 'exit')
  child.kill(signal)
  let late = false
  const timer = setTimeout(() => {
    late = true
    child.kill('SIGKILL')
  }, goneWithinMs)
  await gone
  clearTimeout(timer)
  return late ? undefined : exitOf(child)
}

function exitOf({ exitCode, signalCode }: ChildProcess): Exit | undefined {
  return exitCode === null && signalCode === null ? undefined : { code: exitCode, signal: signalCode }
}

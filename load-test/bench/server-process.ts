/** A server as a process of its own, on a core of its own where the system can pin it, with its processor time. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { ServiceMessage } from '../../stream/service.ts'
import type { CpuMessage } from './cpu-probe.ts'

export type ServerProcess = {
  port: number
  /** Processor time so far, user and system, all threads. */
  cpuMs(): Promise<number>
  /** Resolves when the process is gone. */
  stop(): Promise<void>
}

export type ProcessOptions = { env: NodeJS.ProcessEnv; core: number | undefined }

export const root = fileURLToPath(new URL('../../', import.meta.url))
const probe = new URL('./cpu-probe.ts', import.meta.url).href
const readyWithinMs = 30_000
/** Longer than any of our processes may drain (RETRACE_DRAIN_MS is 10 s by default). */
const stopWithinMs = 15_000

/** Of util-linux. */
const taskset = 'taskset'

/** The core of the measured server, and the core of everything else: client and stores. Undefined: not pinned. */
export type Cores = { server: number; others: number } | undefined

/** Two cores, and `taskset` to hold processes to them (Linux). */
export function findCores(): Cores {
  if (process.platform !== 'linux' || availableParallelism() < 2) return undefined
  if (spawnSync(taskset, ['-c', '0,1', 'true']).status !== 0) return undefined
  // The kernel tends to handle interrupts on the first core.
  return { server: 1, others: 0 }
}

/** Holds this process, with all its threads, to one core. */
export function pinSelf(core: number): void {
  spawnSync(taskset, ['-a', '-c', '-p', String(core), String(process.pid)])
}

/**
 * Starts a TypeScript file of this repository and waits until it says over IPC that it is ready.
 *
 * @throws with what the process printed when it does not come up
 */
export async function startServer(file: URL, args: string[], options: ProcessOptions): Promise<ServerProcess> {
  const command = [process.execPath, '--import', probe, fileURLToPath(file), ...args]
  const [program = '', ...rest] =
    options.core === undefined ? command : [taskset, '-c', String(options.core), ...command]
  const child = spawn(program, rest, { cwd: root, env: options.env, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  // Ends with the process; the last lines say why it did not start.
  let errors = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    errors = (errors + chunk).slice(-2000)
  })
  try {
    const message = await nextMessage<ServiceMessage>(child, readyWithinMs)
    if ('failed' in message) throw new Error(message.failed)
    return {
      port: message.port ?? 0,
      async cpuMs() {
        child.send('cpu')
        return (await nextMessage<CpuMessage>(child, readyWithinMs)).cpuMs
      },
      stop: () => stop(child),
    }
  } catch (cause) {
    await stop(child)
    throw new Error(`${fileURLToPath(file)} did not start. ${errors}`, { cause })
  }
}

/** Runs a file of this repository to its end. */
export async function runToEnd(args: string[], env: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'ignore', 'inherit'] })
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`node ${args.join(' ')} ended with ${code}`)
}

async function nextMessage<T>(child: ChildProcess, withinMs: number): Promise<T> {
  const ended = new AbortController()
  const signal = AbortSignal.any([ended.signal, AbortSignal.timeout(withinMs)])
  const end = () => ended.abort(new Error('the process ended'))
  child.once('exit', end)
  try {
    const [message] = (await once(child, 'message', { signal })) as [T]
    return message
  } finally {
    child.off('exit', end)
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), stopWithinMs)
  await gone
  clearTimeout(late)
}

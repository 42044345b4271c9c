/**
 * Starts processes, restarts those that die, stops them in order.
 *
 *     starting ──ready──▶ running ──dies──▶ waiting ──▶ starting …
 *        └─ fails the first time: start() rejects       (250 ms, doubling to 10 s while it keeps dying)
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { ServiceMessage } from '../stream/service.ts'
import { StartError } from './data-folder.ts'
import { LogFile } from './log-file.ts'

export type ProcessSpec = {
  name: string
  /**
   * A TypeScript file of this repository, from its root, its arguments and environment. On a restart, the port is the
   * one that it had before: the others know it.
   */
  command: (port: number | undefined) => {
    file: string
    args?: string[]
    nodeOptions?: string[]
    env: NodeJS.ProcessEnv
  }
}

export type SupervisorOptions = {
  root: string
  logFolder: string
  /** A line for the person at the terminal. */
  say: (line: string) => void
  /** A process was started again: it has another id now. */
  onRestarted: () => void
}

const readyWithinMs = 30_000
/** Longer than the processes' own bound (RETRACE_DRAIN_MS), which ends them with a reason in their log. */
const stopWithinMs = 15_000
const restartMs = { first: 250, most: 10_000 }
/** A process that ran this long has recovered from whatever ended it before. */
const healthyAfterMs = 30_000

export class Supervisor {
  readonly #options: SupervisorOptions
  readonly #processes = new Map<string, Supervised>()

  constructor(options: SupervisorOptions) {
    this.#options = options
  }

  /**
   * @returns the port on which the process listens, if it does
   * @throws StartError when it does not come up; everything started so far is for the caller to stop
   */
  async start(spec: ProcessSpec): Promise<number | undefined> {
    const supervised = new Supervised(spec, this.#options)
    this.#processes.set(spec.name, supervised)
    return supervised.start()
  }

  /** Process ids, by name. */
  get pids(): Record<string, number> {
    return Object.fromEntries([...this.#processes].map(([name, { pid }]) => [name, pid ?? 0]))
  }

  /** Stops these, together, and waits for them; processes that do not end in time are killed. */
  async stop(names: readonly string[]): Promise<void> {
    await Promise.all(names.map((name) => this.#processes.get(name)?.stop()))
  }

  /** Ends everything at once: for the second Ctrl-C. */
  kill(): void {
    for (const supervised of this.#processes.values()) supervised.kill()
  }
}

class Supervised {
  readonly #spec: ProcessSpec
  readonly #options: SupervisorOptions
  readonly #logPath: string
  readonly #log: LogFile
  #child: ChildProcess | undefined
  #port: number | undefined
  #started = false
  #stopping = false
  #deaths = 0
  #restart: NodeJS.Timeout | undefined

  constructor(spec: ProcessSpec, options: SupervisorOptions) {
    this.#spec = spec
    this.#options = options
    this.#logPath = join(options.logFolder, `${spec.name.replaceAll(' ', '-')}.log`)
    this.#log = new LogFile(this.#logPath)
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  async start(): Promise<number | undefined> {
    const child = this.#spawn()
    const problem = await becomesReady(child)
    if (problem) {
      child.kill('SIGKILL')
      throw new StartError(`The ${this.#spec.name} did not start: ${problem.failed}`)
    }
    this.#started = true
    return this.#port
  }

  async stop(): Promise<void> {
    this.#stopping = true
    clearTimeout(this.#restart)
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGTERM')
    const late = setTimeout(() => {
      this.#options.say(`The ${this.#spec.name} did not stop within ${stopWithinMs / 1000} s and was killed.`)
      child.kill('SIGKILL')
    }, stopWithinMs)
    await gone
    clearTimeout(late)
  }

  kill(): void {
    this.#stopping = true
    this.#child?.kill('SIGKILL')
  }

  #spawn(): ChildProcess {
    const { file, args = [], nodeOptions = [], env } = this.#spec.command(this.#port)
    const child = spawn(process.execPath, [...nodeOptions, join(this.#options.root, file), ...args], {
      env,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    const startedAt = Date.now()
    this.#child = child
    child.stdout?.on('data', (chunk: Buffer) => this.#log.write(chunk))
    child.stderr?.on('data', (chunk: Buffer) => this.#log.write(chunk))
    child.on('message', (message: ServiceMessage) => {
      if ('ready' in message) this.#port = message.port
    })
    child.on('exit', (code, signal) => this.#onExit(signal ?? `exit code ${code}`, Date.now() - startedAt))
    return child
  }

  #onExit(how: string, ranMs: number): void {
    // One that never worked is its starter's to report; one that was told to stop did as it was told.
    if (!this.#started || this.#stopping) return
    this.#deaths = ranMs >= healthyAfterMs ? 1 : this.#deaths + 1
    const delayMs = Math.min(restartMs.most, restartMs.first * 2 ** (this.#deaths - 1))
    const { say, onRestarted } = this.#options
    const { name } = this.#spec
    say(`The ${name} stopped (${how}); starting it again in ${delayMs / 1000} s. Its log: ${this.#logPath}`)
    this.#restart = setTimeout(() => {
      const child = this.#spawn()
      void becomesReady(child).then((problem) => {
        if (problem) return
        onRestarted()
        say(`The ${name} is running again.`)
      })
    }, delayMs)
  }
}

/** Undefined once the process does its work, or why it does not. */
async function becomesReady(child: ChildProcess): Promise<{ failed: string } | undefined> {
  return new Promise((resolve) => {
    const timeout = setTimeout(
      () => resolve({ failed: `it was not ready within ${readyWithinMs / 1000} s` }),
      readyWithinMs,
    )
    const settle = (problem: { failed: string } | undefined) => {
      clearTimeout(timeout)
      resolve(problem)
    }
    child.once('message', (message: ServiceMessage) => settle('failed' in message ? message : undefined))
    child.once('exit', (code, signal) => settle({ failed: `it ended at once (${signal ?? `exit code ${code}`})` }))
    child.once('error', (error) => settle({ failed: error.message }))
  })
}

/** The whole of Retrace as `npm start` runs it, on free ports and a data folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Running } from '../../local/running.ts'
import { eventually } from './eventually.ts'

export const root = fileURLToPath(new URL('../..', import.meta.url))
export const token = 'test-token'

export type Retrace = Running & {
  process: ChildProcess
  startedInMs: number
  /** Everything printed so far. */
  output: () => string
  /** Asks the dashboard's API. */
  api: <T>(path: string) => Promise<T>
  /** As Ctrl-C does; resolves with the exit code. */
  stop: () => Promise<number | null>
}

export type Summary = Record<'visitors' | 'visits' | 'pageviews' | 'clicks' | 'events', number>

export function makeDataFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'retrace-test-'))
}

export function removeDataFolder(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true, maxRetries: 3 })
}

export function environment(folder: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    RETRACE_DATA_DIR: folder,
    RETRACE_ADMIN_TOKEN: token,
    RETRACE_INGEST_PORT: '0',
    RETRACE_DASHBOARD_PORT: '0',
    RETRACE_DEMO_PORT: '0',
  }
}

/** Starts a process of this repository and gathers what it prints. */
export function run(
  file: string,
  args: string[],
  env: NodeJS.ProcessEnv,
): { process: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, [join(root, file), ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk
    })
  return { process: child, output: () => output }
}

/** Runs a command to its end. */
export async function runToEnd(
  file: string,
  args: string[],
  env: NodeJS.ProcessEnv,
): Promise<{ code: number | null; output: string }> {
  const { process: child, output } = run(file, args, env)
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, output: output() }
}

export async function startRetrace(folder: string): Promise<Retrace> {
  const startedAt = performance.now()
  const { process: child, output } = run('local/start.ts', [], environment(folder))
  const running = await eventually<Running>(
    () => {
      if (child.exitCode !== null) throw new Error(`it ended: ${output()}`)
      return existsSync(join(folder, 'running.json')) && JSON.parse(readFileSync(join(folder, 'running.json'), 'utf8'))
    },
    { timeoutMs: 40_000, everyMs: 50 },
  )
  return {
    ...running,
    process: child,
    startedInMs: performance.now() - startedAt,
    output,
    async api<T>(path: string) {
      const answer = await fetch(running.dashboardUrl + path, { headers: { authorization: `Bearer ${token}` } })
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
      return (await answer.json()) as T
    },
    async stop() {
      if (child.exitCode !== null) return child.exitCode
      const ended = once(child, 'exit')
      child.kill('SIGINT')
      const [code] = (await ended) as [number | null]
      return code
    },
  }
}

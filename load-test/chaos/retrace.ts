/** A Retrace of our own: all processes, on free ports, with its data in a temporary folder that goes with it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { tailOf } from './tail.ts'

/** `running.json`, which is written again after every restart (local/running.ts). */
export type RunningFile = {
  ingestUrl: string
  dashboardUrl: string
  pids: Record<string, number>
  aws: Record<string, string>
}

export type Retrace = {
  token: string
  /** The environment in which further processes belong to it. */
  env: NodeJS.ProcessEnv
  running(): RunningFile
  /** Ends its processes in order, then removes the folder. */
  close(): Promise<void>
}

export const root = fileURLToPath(new URL('../..', import.meta.url))
const readyWithinMs = 60_000
/** Each process may drain for ten seconds, and they stop in four steps. */
const stopWithinMs = 60_000

/** @throws when it does not come up, with what it printed */
export async function startRetrace(): Promise<Retrace> {
  const folder = await mkdtemp(join(tmpdir(), 'retrace-chaos-'))
  const token = randomBytes(16).toString('hex')
  const env: NodeJS.ProcessEnv = {
    ...withoutEndpoints(process.env),
    RETRACE_DATA_DIR: folder,
    RETRACE_ADMIN_TOKEN: token,
    RETRACE_HOST: '127.0.0.1',
    RETRACE_INGEST_PORT: '0',
    RETRACE_DASHBOARD_PORT: '0',
    RETRACE_DEMO_PORT: '0',
    // All of our visitors have one address, and belong to one site.
    RETRACE_CLIENT_REQUESTS_PER_SECOND: '0',
    RETRACE_SITE_REQUESTS_PER_SECOND: '0',
  }
  // In a group of its own: Ctrl-C reaches us alone, and we stop it when we are done with it.
  const child = spawn(process.execPath, [join(root, 'local/start.ts')], {
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = tailOf(child)
  const running = () => JSON.parse(readFileSync(join(folder, 'running.json'), 'utf8')) as RunningFile
  const close = async () => {
    await stop(child)
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
  try {
    const { aws } = await becomesReady(child, running, output)
    return { token, env: { ...env, ...aws }, running, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Stores of somebody else's would be filled with our traffic, and hold events that are none of ours. */
function withoutEndpoints(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('AWS_')))
}

async function becomesReady(
  child: ChildProcess,
  running: () => RunningFile,
  output: () => string,
): Promise<RunningFile> {
  const deadline = performance.now() + readyWithinMs
  while (performance.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) break
    try {
      return running()
    } catch {
      await sleep(50)
    }
  }
  throw new Error(`Retrace did not start:\n${output()}`)
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGTERM'), stopWithinMs)
  await gone
  clearTimeout(late)
}

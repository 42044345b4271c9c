/** Runs a program to its end, with its output in a log, no longer than it may take. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'

export type Run = {
  command: string
  args: readonly string[]
  env: NodeJS.ProcessEnv
  cwd?: string
  /** Everything that it prints goes there. */
  log: string
  timeoutMs: number
  /** Ends it at once. */
  signal: AbortSignal
}

/** Enough for a message; all of it is in the log. */
const tailBytes = 4000

/** @throws when it ends with anything but 0, with the end of its output, or was ended */
export async function run({ command, args, env, cwd, log, timeoutMs, signal }: Run): Promise<void> {
  signal.throwIfAborted()
  const late = AbortSignal.timeout(timeoutMs)
  const ended = AbortSignal.any([signal, late])
  const file = createWriteStream(log)
  // A group of its own, so that what it has started ends with it.
  const child = spawn(command, [...args], { env, cwd, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  const end = () => killGroup(child)
  ended.addEventListener('abort', end)
  let tail = ''
  for (const output of [child.stdout, child.stderr])
    output.on('data', (chunk: Buffer) => {
      file.write(chunk)
      tail = (tail + chunk).slice(-tailBytes)
    })
  try {
    const [code] = (await once(child, 'close')) as [number | null]
    signal.throwIfAborted()
    if (late.aborted) throw new Error(`it was not done within ${timeoutMs / 1000} s:\n${tail.trim()}`)
    if (code !== 0) throw new Error(`it ended with exit code ${code}:\n${tail.trim()}`)
  } finally {
    ended.removeEventListener('abort', end)
    file.end()
  }
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    // It ended meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Runs a program to its end, with its output in a log, no longer than it may take. */
import { spawn } from 'node:child_process'
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
  const late = AbortSignal.timeout(timeoutMs)
  const file = createWriteStream(log)
  const child = spawn(command, [...args], {
    env,
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: AbortSignal.any([signal, late]),
    killSignal: 'SIGKILL',
  })
  let tail = ''
  for (const output of [child.stdout, child.stderr])
    output.on('data', (chunk: Buffer) => {
      file.write(chunk)
      tail = (tail + chunk).slice(-tailBytes)
    })
  try {
    const [code] = (await once(child, 'close')) as [number | null]
    if (code !== 0) throw new Error(`it ended with exit code ${code}:\n${tail.trim()}`)
  } catch (error) {
    if (late.aborted) throw new Error(`it was not done within ${timeoutMs / 1000} s:\n${tail.trim()}`)
    throw error
  } finally {
    file.end()
  }
}

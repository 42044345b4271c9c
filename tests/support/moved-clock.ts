/**
 * Processes of a test whose clock is ahead of this machine's, by as much as the test says: what takes an hour does not have to
 * be waited for. Timers stay as they are.
 */
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type MovedClock = {
  /** For processes that are to go by it. */
  env: NodeJS.ProcessEnv
  now: () => number
  move: (byMs: number) => Promise<void>
  remove: () => Promise<void>
}

export async function createMovedClock(): Promise<MovedClock> {
  const folder = await mkdtemp(join(tmpdir(), 'retrace-clock-'))
  const ahead = join(folder, 'ahead')
  const preload = join(folder, 'preload.mjs')
  let aheadMs = 0
  await writeFile(ahead, '0')
  await writeFile(
    preload,
    `import { readFileSync } from 'node:fs'
const real = Date.now
Date.now = () => real() + Number(readFileSync(${JSON.stringify(ahead)}, 'utf8'))
`,
  )
  return {
    env: { NODE_OPTIONS: `--import=${preload}` },
    now: () => Date.now() + aheadMs,
    async move(byMs) {
      aheadMs += byMs
      // At once: a process that read half of it would go back in time.
      await writeFile(`${ahead}.new`, String(aheadMs))
      await rename(`${ahead}.new`, ahead)
    },
    remove: () => rm(folder, { recursive: true }),
  }
}

/** `npm run bench:replay`: a small run. Whether it is fast is not asked here; that it counts right is. */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { replayNodeOptions } from '../consumers/replay/node-options.ts'

const root = join(import.meta.dirname, '..')
const main = join(root, 'local/bench-replay/main.ts')

it('replays every event of its archive, into the cells that the fold alone makes', async () => {
  const args = [...replayNodeOptions, main, '--rounds', '2', '--events', '4000', '--json']
  const { stdout } = await promisify(execFile)(process.execPath, args)
  const result = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')
  expect(result).toMatchObject({
    identical: true,
    rounds: 2,
    eventsPerSecondPerCore: expect.any(Number),
    ratio: expect.any(Number),
    speedUpWithTwoThreads: expect.any(Number),
  })
  expect(result.events).toBeGreaterThanOrEqual(8000)
}, 60_000)

it('is started as replays are', async () => {
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>
  }
  const node = ['node', ...replayNodeOptions].join(' ')
  expect(scripts['bench:replay']).toBe(`${node} local/bench-replay/main.ts`)
  expect(scripts.replay).toBe(`${node} local/replay/cli.ts`)
})

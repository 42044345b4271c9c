/** `npm run bench:replay`: a small run. Whether it is fast is not asked here; that it counts right is. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const main = join(import.meta.dirname, '../local/bench-replay/main.ts')

it('replays every event of its archive, into the cells that the fold alone makes', async () => {
  const args = [main, '--rounds', '2', '--events', '4000', '--json']
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

/** `npm run bench:aggregate`: a small run of everything that it measures. Whether it is fast is not asked here. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const main = join(import.meta.dirname, '../local/bench-aggregate/main.ts')

async function bench(...args: string[]): Promise<Record<string, unknown>> {
  const { stdout } = await promisify(execFile)(process.execPath, [main, ...args, '--json'])
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')
}

describe('bench:aggregate', () => {
  it('ends with the figures as one JSON object, and counts every event', async () => {
    const result = await bench('--rounds', '2', '--events', '2000', '--save-every', '30')
    expect(result).toMatchObject({ rounds: 2, eventsPerSecondPerCore: expect.any(Number) })
    // Batches are five seconds of 2,000 events each, in records that hold 50 ms.
    expect(result.events).toBeGreaterThanOrEqual(20_000)
    expect(Number(result.events) % 2).toBe(0)
    expect(result.writeUnitsPerThousandEvents).toMatchObject({
      busySite: expect.any(Number),
      smallSites: expect.any(Number),
    })
  }, 60_000)

  it('says how much memory the state of so many visitors takes', async () => {
    expect(await bench('--visitors', '2000')).toMatchObject({ visitors: 2000, residentMiB: expect.any(Number) })
  })
})

/** `npm run bench:cold-start`: every function of the stack starts from nothing and handles an event. */
import { expect, test } from 'vitest'
import { runToEnd } from './support/retrace.ts'

type Answer = { rounds: number; functions: { name: string; importMs: number; firstEventMs: number; bytes: number }[] }

test('each bundle is imported and handles its first event, and the command says how long that took', async () => {
  const { code, output } = await runToEnd('local/bench-cold-start/main.ts', ['--rounds', '1', '--json'], process.env)
  expect(code, output).toBe(0)
  const { rounds, functions } = JSON.parse(output.trim().split('\n').at(-1) ?? '') as Answer
  expect(rounds).toBe(1)
  const names = functions.map(({ name }) => name)
  expect(names).toEqual(
    expect.arrayContaining(['aggregator', 'archiver', 'anomaly-detector', 'redriver', 'compactor', 'endpoint']),
  )
  for (const { importMs, firstEventMs, bytes } of functions) {
    expect(importMs).toBeGreaterThan(0)
    expect(firstEventMs).toBeGreaterThan(0)
    expect(bytes).toBeLessThan(1_000_000)
  }
}, 120_000)

test('a wrong number of rounds is told with the usage', async () => {
  const { code, output } = await runToEnd('local/bench-cold-start/main.ts', ['--rounds', '0'], process.env)
  expect(output).toContain('--rounds must be a whole number from 1 to 1000')
  expect(code).toBe(2)
})

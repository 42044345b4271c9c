/** `npm run bench:ingest`: a small run of everything that it measures. Whether the endpoint is fast is not asked here. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BenchResult } from '../load-test/bench/results.ts'
import { eventually } from './support/eventually.ts'
import { root } from './support/retrace.ts'

describe('bench:ingest', () => {
  let code: number | null
  let output: string
  let temporary: string

  beforeAll(async () => {
    temporary = await mkdtemp(join(tmpdir(), 'bench-test-'))
    ;({ code, output } = await bench(['--rounds', '1', '--seconds', '0.5', '--rate', '400', '--json'], temporary))
  })
  afterAll(() => rm(temporary, { recursive: true, force: true }))

  test('ends with one JSON object of figures that can be true', () => {
    expect(code, output).toBe(0)
    const result = JSON.parse(output.trimEnd().split('\n').at(-1) ?? '') as BenchResult

    expect(result).toMatchObject({ failed: 0, rounds: 1, eventsPerRequest: 5 })
    // Storing costs more than not storing, and a record an event costs more than sharing records.
    expect(result.ratio).toBeGreaterThan(0.9)
    expect(result.ratio).toBeLessThan(20)
    expect(result.ratioSpread).toEqual([result.ratio, result.ratio])
    expect(result.ratioToPutRecordPerEvent).toBeLessThan(1)
    expect(result.requestsPerSecond).toBeGreaterThan(100)
    expect(result.bareRequestsPerSecond).toBeGreaterThan(result.requestsPerSecond * 0.8)
    // JSON takes some 400; a second of traffic fills small records, which compress less than full ones.
    expect(result.bytesPerEvent).toBeGreaterThan(30)
    expect(result.bytesPerEvent).toBeLessThan(200)
    expect(result.latencyMs.p99).toBeGreaterThanOrEqual(result.latencyMs.p50)
    expect(result.latencyMs.p50).toBeGreaterThan(0)
  })

  test('has a table for people', () => {
    expect(output).toMatch(/processor time a request +[\d.]+ µs +[\d.]+ µs +[\d.]+ µs/)
  })

  test('leaves no folder behind', () => {
    expect(readdirSync(temporary)).toEqual([])
  })
})

test('bench:ingest leaves nothing behind when it is interrupted', async () => {
  const temporary = await mkdtemp(join(tmpdir(), 'bench-test-'))
  const running = start(['--rounds', '1', '--seconds', '60'], temporary)
  await eventually(() => running.output().includes('warm up'), { timeoutMs: 20_000 })
  running.process.kill('SIGINT')
  const code = await running.code

  expect(code).toBe(1)
  expect(running.output().trim().split('\n').at(-1)).toBe('Interrupted.')
  expect(readdirSync(temporary)).toEqual([])
  await rm(temporary, { recursive: true })
})

test('bench:ingest says in one line what is wrong with its command line', async () => {
  const { code, output } = await bench(['--rounds', 'many'], tmpdir())
  expect(code).toBe(2)
  expect(output.trim()).toBe('--rounds must be a number from 1 to 100 (--help lists the options)')
})

async function bench(args: string[], temporary: string): Promise<{ code: number | null; output: string }> {
  const running = start(args, temporary)
  return { code: await running.code, output: running.output() }
}

function start(
  args: string[],
  temporary: string,
): { process: ChildProcess; code: Promise<number | null>; output: () => string } {
  const child = spawn(process.execPath, [join(root, 'load-test/bench/main.ts'), ...args], {
    env: { ...process.env, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stderr, child.stdout])
    stream.on('data', (chunk: Buffer) => {
      output += chunk
    })
  const code = once(child, 'close').then(([exitCode]) => exitCode as number | null)
  return { process: child, code, output: () => output }
}

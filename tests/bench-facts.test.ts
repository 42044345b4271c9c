/** `npm run bench:facts`: a small run. Whether it is fast is not asked here; that it measures what is there is. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { makeFactsFolder } from './support/facts.ts'

const main = join(import.meta.dirname, '../local/bench-facts/main.ts')

it('fills an archive, and answers overviews under two filters from its facts', async () => {
  const args = [main, '--rounds', '2', '--cold', '1', '--events', '3000', '--days', '3', '--json']
  const { stdout } = await promisify(execFile)(process.execPath, args)
  const result = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')
  expect(result).toMatchObject({ days: 3, rounds: 2, makingMs: expect.any(Number), coldMs: expect.any(Number) })
  expect(result.events).toBeGreaterThanOrEqual(3000)
  expect(result.factsBytes).toBeGreaterThan(10_000)
}, 120_000)

it.each([
  [['--rounds', 'many'], '--rounds must be a whole number from 1, not many'],
  [['--visits'], '--visits goes with --files DIR'],
])('says in one line what is wrong with %j', async (args, message) => {
  const wrong = await promisify(execFile)(process.execPath, [main, ...args]).catch((error) => error)
  expect([wrong.code, wrong.stderr.split('\n', 1)]).toEqual([2, [message]])
})

it('measures without stores as well, and finds again what it has made', async () => {
  const { folder, remove } = await makeFactsFolder()
  const args = [main, '--files', folder, '--rounds', '2', '--events', '3000', '--days', '3', '--json']
  const run = async () => {
    const { stdout } = await promisify(execFile)(process.execPath, args)
    return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')
  }
  const first = await run()
  expect(first).toMatchObject({ coldMs: expect.any(Number), broadFiltersP95Ms: expect.any(Number) })
  expect(first.makingMs).toBeGreaterThan(0)
  expect((await run()).makingMs).toBe(0)
  args.push('--visits')
  const visits = await run()
  const took = {
    p50: expect.any(Number),
    p95: expect.any(Number),
    cpuP50: expect.any(Number),
    toScan: expect.any(Number),
  }
  const each = { funnel: took, funnelInDays: took, cohorts: took }
  expect(visits).toMatchObject({ plain: each, filtered: each })
  // What is measured is not nothing: somebody comes through, fewer at each step.
  expect(visits.reached).toEqual(visits.reached.toSorted((a: number, b: number) => b - a))
  expect(visits.reached[1]).toBeGreaterThan(0)
  await remove()
}, 120_000)

/** `npm run nab`: scores are those of the benchmark's rules, and a drawing shows what was found. */
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LabelledSeries } from '../local/nab/corpus.ts'
import { bestThreshold, resultAt, scored } from '../local/nab/score.ts'
import { root } from './support/retrace.ts'
import { dailySeries } from './support/series.ts'

const run = promisify(execFile)
const nab = join(root, '../shared/data/nab')
const scorer = join(root, '../shared/tools/nab-score.mjs')

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'retrace-nab-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function command(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  const settled = await run(process.execPath, ['local/nab/cli.ts', ...args], { cwd: root }).catch((error) => error)
  return { status: settled.code ?? 0, stdout: settled.stdout, stderr: settled.stderr }
}

/** A thousand rows, of which the first 150 count for nothing, with windows of a hundred. */
const series: LabelledSeries = {
  path: 'family/one.csv',
  family: 'family',
  times: Array.from({ length: 1000 }, (_, i) => i * 300_000),
  values: Array.from({ length: 1000 }, () => 0),
  windows: [
    { first: 300, last: 399 },
    { first: 700, last: 799 },
  ],
}
const alarmsAt = (...rows: number[]) =>
  scored([series], ({ values }) => values.map((_, i) => (rows.includes(i) ? 1 : 0)))
const scoreOf = (...rows: number[]) => resultAt(alarmsAt(...rows), 1).score

describe('scores by the rules of NAB', () => {
  it('gives 100 to who finds each window at once, 0 to who raises no alarm', () => {
    expect(scoreOf(300, 700)).toBeCloseTo(100, 9)
    expect(scoreOf()).toBe(0)
  })

  it('gives less the later in a window, and nothing for a second alarm in it', () => {
    const [early, late] = [scoreOf(300), scoreOf(390)]
    expect(early).toBeCloseTo(50, 9)
    // Missing it would cost 1, finding it late is worth about 0.25.
    expect(late).toBeLessThan(35)
    expect(late).toBeGreaterThan(25)
    expect(scoreOf(300, 301, 390)).toBe(early)
  })

  it('takes 0.11 of a window for a false alarm, less shortly after one, nothing during probation', () => {
    expect(scoreOf(200, 300, 700)).toBeCloseTo(100 - (100 * 0.11) / 4, 9)
    expect(scoreOf(300, 402, 700)).toBeGreaterThan(99.7)
    expect(scoreOf(149, 300, 700)).toBeCloseTo(100, 9)
  })

  it('chooses the threshold that is worth most', () => {
    const scores = new Map([
      [300, 0.9],
      [700, 0.8],
      [200, 0.7],
    ])
    const some = scored([series], ({ values }) => values.map((_, i) => scores.get(i) ?? 0))
    expect(bestThreshold(some)).toBe(0.8)
    expect(bestThreshold(alarmsAt(200))).toBeGreaterThan(1)
  })

  it.skipIf(!existsSync(nab))(
    'agrees with the reference on the labelled series (skipped without ../shared)',
    async () => {
      const output = join(folder, 'scores')
      await run(process.execPath, ['local/detect/cli.ts', '--input', nab, '--output', output], { cwd: root })
      const args = [scorer, '--data', nab, '--labels', join(nab, 'windows.json'), '--scores', output, '--json']
      const reference = JSON.parse((await run(process.execPath, args)).stdout).score.toFixed(2)
      const { stdout } = await command('--data', nab)
      expect(stdout).toMatch(new RegExp(`^nothing +${reference} `, 'm'))
    },
  )
})

describe('npm run nab', () => {
  const disturbed = dailySeries(14, 3, (value, step) => (step >= 3000 && step < 3012 ? value * 4 : value))
  const text = (at: number) => new Date(at).toISOString().slice(0, 19).replace('T', ' ')

  it('scores by families, each by the threshold of the others, and draws a series', async () => {
    const windows: Record<string, [string, string][]> = {}
    for (const family of ['a', 'b']) {
      mkdirSync(join(folder, 'corpus', family), { recursive: true })
      const rows = disturbed.map(({ at, value }) => `${text(at)},${value}`)
      writeFileSync(join(folder, 'corpus', family, 'x.csv'), `timestamp,value\n${rows.join('\n')}\n`)
      // NAB's labels have microseconds.
      windows[`${family}/x.csv`] = [
        [2990, 3100].map((row) => `${text(disturbed[row]?.at ?? 0)}.000000`) as [string, string],
      ]
    }
    windows['c/not-here.csv'] = []
    writeFileSync(join(folder, 'corpus/windows.json'), JSON.stringify(windows))
    const corpus = join(folder, 'corpus')

    const { stdout, stderr } = await command('--data', corpus)
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^without +score +held out +a +b$/m)
    expect(stdout).toMatch(/^b .* 1 of 1 /m)
    expect(stdout).toMatch(/^neighbours +\d/m)

    const output = join(folder, 'x.svg')
    expect(await command('--data', corpus, '--plot', 'a/x.csv', '--output', output)).toMatchObject({ status: 0 })
    const drawing = readFileSync(output, 'utf8')
    expect(drawing.match(/class="label"/g)).toHaveLength(1)
    const [, left = 0, width = 0] = (/class="label" x="([\d.]+)" width="([\d.]+)"/.exec(drawing) ?? []).map(Number)
    const dots = [...drawing.matchAll(/class="dot" cx="(\d+)"/g)].map(([, x]) => Number(x))
    expect(dots.some((x) => x >= left && x <= left + width)).toBe(true)
  })

  it('says what cannot be', async () => {
    const said = await Promise.all([
      command('--data', join(folder, 'nowhere')),
      command(),
      command('--data', 'x', '--plot', 'y'),
    ])
    expect(said.map(({ status }) => status)).toEqual([1, 2, 2])
    expect(said[0]?.stderr).toMatch(/There is no .*windows.json/)
    expect(said[1]?.stderr).toMatch(/--data is needed/)
  })
})

/** `npm run detect`, as a person calls it. */
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SeriesDetector } from '../consumers/anomaly-detector/series/series-detector.ts'
import { parseTimestamp } from '../local/detect/series-csv.ts'
import { root } from './support/retrace.ts'
import { dailySeries } from './support/series.ts'

const run = promisify(execFile)
const nab = join(root, '../shared/data/nab')
const scorer = join(root, '../shared/tools/nab-score.mjs')

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'retrace-detect-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function detect(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  const settled = await run(process.execPath, ['local/detect/cli.ts', ...args], { cwd: root }).catch((error) => error)
  return { status: settled.code ?? 0, stdout: settled.stdout, stderr: settled.stderr }
}

function put(name: string, text: string): string {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  return path
}

const rows = dailySeries(10, 7)
const text = (value: number) => new Date(value).toISOString().slice(0, 19).replace('T', ' ')
const csv = `timestamp,value\n${rows.map(({ at, value }) => `${text(at)},${value}`).join('\n')}\n`
const expected = () => {
  const detector = new SeriesDetector()
  return `timestamp,anomaly_score\n${rows.map(({ at, value }) => `${text(at)},${detector.add(at, value).score}\n`).join('')}`
}

describe('npm run detect', () => {
  it('scores a file, row by row, into a folder that it makes', async () => {
    const output = join(folder, 'new/scores.csv')
    const { status, stderr } = await detect('--input', put('series.csv', csv), '--output', output)
    expect({ status, stderr }).toMatchObject({ status: 0, stderr: expect.stringContaining('2,880 rows of 1 series') })
    expect(readFileSync(output, 'utf8')).toBe(expected())
  })

  it('scores all of a folder, at the same paths', async () => {
    const input = join(folder, 'many')
    put('many/a.csv', csv)
    // Other columns, another order, line ends of Windows, no line end at the end.
    put(
      'many/deep/er/b.csv',
      csv
        .replaceAll(/^(.*),(.*)$/gm, '"$2",x,$1')
        .replaceAll('\n', '\r\n')
        .trimEnd(),
    )
    put('many/notes.txt', 'no series')
    const { status } = await detect('--input', input, '--output', join(folder, 'out'))
    expect(status).toBe(0)
    for (const name of ['a.csv', 'deep/er/b.csv'])
      expect(readFileSync(join(folder, 'out', name), 'utf8')).toBe(expected())
    expect(existsSync(join(folder, 'out/notes.txt'))).toBe(false)
  })

  it('reads standard input and writes standard output', async () => {
    const input = put('piped.csv', csv)
    const { stdout } = await run(
      'sh',
      ['-c', `cat ${input} | ${process.execPath} local/detect/cli.ts --input - --output -`],
      {
        cwd: root,
      },
    )
    expect(stdout).toBe(expected())
  })

  it.each([
    ['a column that is missing', 'time,value\n1,2\n', /bad.csv, line 1: there is no column "timestamp".*time, value/],
    ['a value that is none', 'timestamp,value\n2026-03-10,1\n2026-03-11,much\n', /line 3: "much" is no number/],
    ['a value that is not there', 'timestamp,value\n2026-03-10,\n', /line 2: "" is no number/],
    ['a timestamp that is none', 'timestamp,value\nyesterday,1\n', /line 2: "yesterday" is no timestamp/],
    ['an empty line between others', 'timestamp,value\n2026-03-10,1\n\n2026-03-11,2\n', /line 3: the line is empty/],
    ['an empty file', '', /is empty; a first line timestamp,value is needed/],
  ])('names %s, and leaves nothing half written', async (_, content, message) => {
    const output = join(folder, 'bad-scores.csv')
    const { status, stderr } = await detect('--input', put('bad.csv', content), '--output', output)
    expect(stderr).toMatch(message)
    expect(status).toBe(1)
    expect(existsSync(output) || existsSync(`${output}.part`)).toBe(false)
  })

  it('says what cannot be: nothing to read, or scores among the series', async () => {
    const file = put('one/series.csv', csv)
    const empty = join(folder, 'empty')
    mkdirSync(empty)
    const failures = [
      [['--input', join(folder, 'none.csv'), '--output', 'x'], 1, /There is no .*none.csv/],
      [['--input', empty, '--output', join(folder, 'x')], 1, /There is no .csv file in/],
      [['--input', dirname(file), '--output', join(dirname(file), 'scores')], 1, /would be read as series/],
      [['--input', empty, '--output', file], 1, /series.csv is a file/],
      [['--input', file, '--output', file], 1, /would overwrite/],
      [['--input', file, '--output', empty], 1, /is a folder/],
      [['--input', file], 2, /--output is needed[\s\S]*npm run detect/],
      [['--inptu', file], 2, /--inptu/],
    ] as const
    const said = await Promise.all(failures.map(([args]) => detect(...args)))
    for (const [i, [, status, message]] of failures.entries()) {
      expect(said[i]?.stderr).toMatch(message)
      expect(said[i]?.status).toBe(status)
    }
    expect((await detect('--help')).stdout).toContain('anomaly_score')
  })

  it.skipIf(!existsSync(nab))('reaches 65 or more on the labelled series (skipped without ../shared)', async () => {
    const output = join(folder, 'nab')
    expect((await detect('--input', nab, '--output', output)).status).toBe(0)
    const args = [scorer, '--data', nab, '--labels', join(nab, 'windows.json'), '--scores', output, '--json']
    const { score, files } = JSON.parse((await run(process.execPath, args)).stdout)
    expect(files).toBe(34)
    expect(score).toBeGreaterThan(72)
  })
})

it('reads times as files have them', () => {
  const noon = Date.UTC(2026, 2, 10, 12)
  for (const time of [
    '2026-03-10 12:00:00',
    '2026-03-10T12:00Z',
    '2026-03-10 12:00:00.000000',
    `${noon}`,
    `${noon / 1000}`,
  ])
    expect(parseTimestamp(time)).toBe(noon)
  expect(parseTimestamp('2026-03-10T13:00:00.250+01:00')).toBe(noon + 250)
  for (const time of ['', '10.3.2026', '2026-13-10', 'noon']) expect(parseTimestamp(time)).toBeUndefined()
})

/** The rooms of DESIGN: who may import whom. A violation is planted for each rule, and must be caught. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from './support/retrace.ts'

const run = promisify(execFile)

const forbidden = [
  ['stream', '../../ingest/lane.ts'],
  ['stream', '@aws-sdk/client-kinesis'],
  ['snippet', '../../ingest/lane.ts'],
  ['ingest', '../../consumers/runtime/runner.ts'],
  ['ingest', '../../local/supervisor.ts'],
  ['consumers', '../../ingest/lane.ts'],
  ['consumers', '../../dashboard/server.ts'],
  ['dashboard', '../../consumers/aggregator/fold.ts'],
  ['dashboard', '../../consumers/anomaly-detector/watch/site-watch.ts'],
  ['dashboard', '../../ingest/lane.ts'],
  ['cdk', '../../stream/record.ts'],
  ['cdk', '../../consumers/aggregator/shapes/cell.ts'],
  ['load-test', '../../ingest/lane.ts'],
] as const
const allowed = [
  ['ingest', '../../stream/record.ts'],
  ['consumers', '../../stream/record.ts'],
  ['dashboard', '../../consumers/aggregator/shapes/cell.ts'],
  ['dashboard', '../../consumers/anomaly-detector/watch/backtest.ts'],
  ['dashboard', '../../stream/site.ts'],
  ['cdk', '../../stream/tables.ts'],
  ['local', '../../ingest/lane.ts'],
] as const

const folders: string[] = []
/** Files that break the rule, by room and import. */
let caught: Set<string>

beforeAll(async () => {
  const files = new Map<string, string>()
  for (const [room, path] of [...forbidden, ...allowed]) {
    const folder = await mkdtemp(join(root, room, 'planted-'))
    folders.push(folder)
    const file = join(folder, 'planted.ts')
    await writeFile(file, `export { something } from '${path}'\n`)
    files.set(relative(root, file), `${room} ${path}`)
  }
  const biome = join(root, 'node_modules/.bin/biome')
  const options = ['lint', '--reporter=github', '--max-diagnostics=none', ...files.keys()]
  const { stdout } = await run(biome, options, { cwd: root }).catch((failed: { stdout: string }) => failed)
  const reports = stdout.split('\n').filter((line) => line.includes('noRestrictedImports'))
  caught = new Set([...files].filter(([file]) => reports.some((line) => line.includes(file))).map(([, what]) => what))
})
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))))

describe('the linter', () => {
  it.each(forbidden)('does not let %s import %s', (room, path) => {
    expect(caught).toContain(`${room} ${path}`)
  })

  it.each(allowed)('lets %s import %s', (room, path) => {
    expect(caught).not.toContain(`${room} ${path}`)
  })
})

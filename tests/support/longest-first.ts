/**
 * The order in which test files begin where no earlier run says how long each takes: what takes longest comes first, so
 * that at the end no worker is left alone with it.
 */
import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const longest = [
  'scripted-incidents',
  'overview-page',
  'overview-panels',
  'pipeline-incidents',
  'replay-live',
  'consumers',
  'snippet-leaving',
  'deploy',
  'every-width',
  'settings-page',
  'chaos',
  'replays-generation-view',
  'replays-page',
  'poison',
  'chaos-consumers',
  'set-aside',
  'replay-command',
  'reconcile',
  'steady-layout',
  'replay-service',
  'sql-questions',
  'spine',
  'languages',
  'settings-alerts',
  'filters-page',
  'archive',
  'bench-aggregate',
]

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const gone = longest.filter((name) => !existsSync(new URL(`../${name}.test.ts`, import.meta.url)))
    if (gone.length > 0) throw new Error(`tests/support/longest-first.ts names what is not there: ${gone.join(', ')}`)
    const rank = ({ moduleId }: TestSpecification) => longest.indexOf(basename(moduleId, '.test.ts')) + 1 || Infinity
    return (await super.sort(files)).sort((a, b) => Math.sign(rank(a) - rank(b)) || 0)
  }
}

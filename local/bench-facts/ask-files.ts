/**
 * A process that answers overviews of facts in a folder as a dashboard does, without HTTP and stores: told which, it tells
 * how long each took, and the most memory that it had.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createFactReports } from '../../dashboard/fact-reports.ts'
import { parseCondition } from '../../dashboard/query/conditions.ts'
import { parsePeriod } from '../../dashboard/query/period.ts'
import { openFigures } from '../../dashboard/store/facts.ts'
import { countries } from './past.ts'

export type FilesTask = {
  folder: string
  from: string
  to: string
  rounds: number
  memoryMb: number
  timeoutMs: number
}
/** Milliseconds: the first overview, which finds nothing in memory, and others under filters that none had. */
export type FilesResult = { coldMs: number; narrow: number[]; broad: number[]; memoryMb: number }

const lists = ['page', 'referrer', 'country', 'browser', 'target', 'event'] as const

async function measure({ folder, from, to, rounds, memoryMb, timeoutMs }: FilesTask): Promise<FilesResult> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.parquet')).map((name) => join(folder, name))
  const answers = openFigures({ folder, memoryMb, timeoutMs })
  const reports = createFactReports({
    ...answers,
    find: async () => ({ kind: 'ready', facts: { files, through: undefined } }),
  })
  const parsed = parsePeriod({ from, to, interval: 'day' }, { timeZone: 'UTC' }, Date.now())
  if (!parsed.ok) throw new Error(parsed.message)
  const { period } = parsed
  const view = { generationOf: () => 'live' }

  async function overview(filters: readonly string[]): Promise<number> {
    const conditions = filters.flatMap((text) => {
      const result = parseCondition(text)
      return result.ok ? [result.condition] : []
    })
    const asked = { site: 'shop', period, view: view as never, conditions }
    const startedAt = performance.now()
    await Promise.all([
      reports.summary(asked, async () => 0),
      reports.timeseries(asked),
      reports.vitals(asked),
      ...lists.map((list) => reports.breakdown(asked, list, 'visitors', 10)),
    ])
    return performance.now() - startedAt
  }

  const narrowOf = (round: number) => [
    `country:${countries[round % countries.length]}`,
    `device:${round % 2 ? 'mobile' : 'desktop'}`,
    `!page:/docs/${round}`,
  ]
  const broadOf = (round: number) => [`!country:${countries[round % countries.length]}`, `!page:/docs/${round}`]
  const coldMs = await overview(narrowOf(0))
  const [narrow, broad]: [number[], number[]] = [[], []]
  for (let round = 1; round <= rounds; round += 1) {
    narrow.push(await overview(narrowOf(round)))
    broad.push(await overview(broadOf(round)))
  }
  const [, kilobytes = '0'] = /VmHWM:\s+(\d+) kB/.exec(await readFile('/proc/self/status', 'utf8')) ?? []
  return { coldMs, narrow, broad, memoryMb: Math.round(Number(kilobytes) / 1024) }
}

process.once('message', (task: FilesTask) => {
  measure(task).then(
    (result) => process.send?.(result, () => process.exit()),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})

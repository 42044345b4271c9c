/**
 * A process that answers overviews of facts in a folder as a dashboard does, without HTTP and stores: told which, it tells
 * how long each took, and the most memory that it had.
 */
import { createFactReports } from '../../dashboard/fact-reports.ts'
import { openFigures } from '../../dashboard/store/facts.ts'
import {
  answerTask,
  conditionsOf,
  type FactsTask,
  filesIn,
  lists,
  mostMemoryMb,
  periodOf,
  site,
  timeOf,
} from './asking.ts'
import { countries } from './past.ts'

export type OverviewsTask = FactsTask
/** Milliseconds: the first overview, which finds nothing in memory, and others under filters that none had. */
export type OverviewsResult = { coldMs: number; narrow: number[]; broad: number[]; memoryMb: number }

async function measure(task: OverviewsTask): Promise<OverviewsResult> {
  const { folder, rounds, memoryMb, timeoutMs } = task
  const files = await filesIn(folder)
  const answers = openFigures({ folder, memoryMb, timeoutMs })
  const reports = createFactReports({
    ...answers,
    find: async () => ({ kind: 'ready', facts: { files, through: undefined } }),
  })
  const period = periodOf(task)
  const view = { generationOf: () => 'live' }

  async function overview(filters: readonly string[]): Promise<number> {
    const asked = { site, period, view: view as never, conditions: conditionsOf(filters) }
    return timeOf(() =>
      Promise.all([
        reports.summary(asked, async () => 0),
        reports.timeseries(asked),
        reports.vitals(asked),
        ...lists.map((list) => reports.breakdown(asked, list, 'visitors', 10)),
      ]),
    )
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
  return { coldMs, narrow, broad, memoryMb: await mostMemoryMb() }
}

answerTask(measure)

/** Makes the facts of a run of days from the archive. */
import { mkdtemp, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { granularityMs } from '../aggregator/shapes/cell-key.ts'
import { parquetStores } from '../archiver/compose.ts'
import { openArchiveSource } from '../replay/sources/archive-source.ts'
import { segmentOfTask, stretchOf } from '../replay/task.ts'
import type { ConsumerEnvironment } from '../runtime/process.ts'
import { createShardReader } from '../runtime/shard-reader.ts'
import { adopt } from './fact-files.ts'
import { FactWriter } from './fact-writer.ts'
import { foldFacts, PoisonFact } from './fold-facts.ts'
import type { MakeTask, Run } from './make-task.ts'

/**
 * @param onEvents is told how many events more were read
 * @throws SourceError when the archive does not hold what its manifest says
 */
export async function makeFacts(
  environment: ConsumerEnvironment,
  { site, folder }: Pick<MakeTask, 'site' | 'folder'>,
  run: Run,
  onEvents: (events: number) => void,
): Promise<void> {
  const passedOver = new Set<string>()
  const workFolder = await mkdtemp(join(folder, 'making-'))
  try {
    while (!(await tryRun(environment, site, run, workFolder, passedOver, onEvents)));
  } finally {
    await rm(workFolder, { recursive: true, force: true })
  }
}

/** @returns false when a record is to be passed over from now on */
async function tryRun(
  { clients, settings, ...environment }: ConsumerEnvironment,
  site: string,
  { timeline, rules, days }: Run,
  workFolder: string,
  passedOver: Set<string>,
  onEvents: (events: number) => void,
): Promise<boolean> {
  const stretch = stretchOf(timeline)
  const reader = createShardReader(clients.kinesis, settings.RETRACE_STREAM)
  const source = await openArchiveSource(
    {
      ...parquetStores({ clients, settings, ...environment }),
      // Of days that go on the archive has what it has.
      counts: async () => [],
      listShards: () => reader.listShards(),
    },
    stretch,
  )
  const wanted = new Set(days.map(({ day }) => day))
  const dayMs = granularityMs.day
  const writer = await FactWriter.open(workFolder)
  try {
    await foldFacts(
      { source, stretch, segmentOf: segmentOfTask(timeline, rules), site, passedOver },
      (delta) => {
        if (wanted.has(delta.received - (delta.received % dayMs))) writer.add(delta)
      },
      onEvents,
    )
    for (const { day, path } of days) {
      const made = join(workFolder, basename(path))
      await writer.write(day, made)
      await adopt(made, path)
    }
    return true
  } catch (error) {
    if (!(error instanceof PoisonFact)) throw error
    passedOver.add(error.record)
    return false
  } finally {
    writer.close()
  }
}

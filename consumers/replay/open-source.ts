/** The source that a replay reads, by its name. */
import { createManifest } from '../archiver/manifest.ts'
import type { ConsumerEnvironment } from '../runtime/process.ts'
import { createShardReader } from '../runtime/shard-reader.ts'
import type { ReplaySourceKind } from './shapes/generations.ts'
import { createArchivedCounts } from './sources/archive-coverage.ts'
import { openArchiveSource } from './sources/archive-source.ts'
import type { ReplaySource } from './sources/source.ts'
import { ReplayError } from './worker-messages.ts'

/** @param stretch by when the endpoint received events, epoch milliseconds */
export async function openSource(
  { clients, objects, settings, table }: ConsumerEnvironment,
  kind: ReplaySourceKind,
  stretch: { from: number; to: number },
): Promise<ReplaySource> {
  if (kind === 'stream') throw new ReplayError('not_covered', 'a replay reads the archive, not the stream itself')
  return openArchiveSource(
    {
      manifest: createManifest(clients.dynamo, table('archive')),
      objects,
      counts: createArchivedCounts(clients.dynamo, table('ledger')),
      listShards: () => createShardReader(clients.kinesis, settings.RETRACE_STREAM).listShards(),
    },
    stretch,
  )
}

/** The source that a replay reads, by its name. */
import { setTimeout as sleep } from 'node:timers/promises'
import { DescribeStreamSummaryCommand, type KinesisClient } from '@aws-sdk/client-kinesis'
import { createManifest } from '../archiver/manifest.ts'
import type { ConsumerEnvironment } from '../runtime/process.ts'
import { createShardReader } from '../runtime/shard-reader.ts'
import type { ReplaySourceKind } from './shapes/generations.ts'
import { createArchivedCounts } from './sources/archive-coverage.ts'
import { openArchiveSource } from './sources/archive-source.ts'
import { type ChosenSource, chooseSource } from './sources/choose-source.ts'
import type { Stretch } from './sources/source.ts'
import { openStreamSource, type StreamAge } from './sources/stream-source.ts'

/** @param stretch by when the endpoint received events, epoch milliseconds */
export async function openSource(
  { clients, objects, settings, table }: ConsumerEnvironment,
  kind: ReplaySourceKind,
  stretch: Stretch,
): Promise<ChosenSource> {
  const reader = createShardReader(clients.kinesis, settings.RETRACE_STREAM)
  return chooseSource(kind, {
    stream: () =>
      openStreamSource(
        {
          reader,
          age: () => readAge(clients.kinesis, settings.RETRACE_STREAM),
          now: Date.now,
          pause: (ms) => sleep(ms),
        },
        stretch,
      ),
    archive: () =>
      openArchiveSource(
        {
          manifest: createManifest(clients.dynamo, table('archive')),
          objects,
          counts: createArchivedCounts(clients.dynamo, table('ledger')),
          listShards: () => reader.listShards(),
        },
        stretch,
      ),
  })
}

async function readAge(kinesis: KinesisClient, stream: string): Promise<StreamAge> {
  const answer = await kinesis.send(new DescribeStreamSummaryCommand({ StreamName: stream }))
  const { StreamCreationTimestamp, RetentionPeriodHours } = answer.StreamDescriptionSummary ?? {}
  if (!StreamCreationTimestamp || RetentionPeriodHours === undefined)
    throw new Error(`Kinesis does not say how old the stream ${stream} is`)
  return { createdAt: StreamCreationTimestamp.getTime(), retentionMs: RetentionPeriodHours * 3_600_000 }
}

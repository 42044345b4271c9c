import { setTimeout as sleep } from 'node:timers/promises'
import { FirehoseClient } from '@aws-sdk/client-firehose'
import { SettingsError } from '../../stream/settings.ts'
import { patientHandler } from '../runtime/clients.ts'
import type { Consumer } from '../runtime/consumer.ts'
import type { ConsumerEnvironment } from '../runtime/process.ts'
import { takingRetriesOnce } from '../runtime/retries.ts'
import { createArchiver } from './archiver.ts'
import { createFirehoseSink } from './firehose-sink.ts'
import { createManifest } from './manifest.ts'
import { type ArchiveSink, createParquetSink, type ParquetStores } from './parquet-sink.ts'

export function parquetStores({ objects, clients, table }: ConsumerEnvironment): ParquetStores {
  return { objects, manifest: createManifest(clients.dynamo, table('archive')), now: () => Date.now() }
}

/**
 * The archiver with its stores, for either host.
 *
 * @throws SettingsError when Firehose is asked for and no delivery stream is named
 */
export function composeArchiver(environment: ConsumerEnvironment): Consumer {
  const archiver = createArchiver({ ...environment, sinks: sinksOf(environment) })
  return takingRetriesOnce(archiver, environment.objects)
}

function sinksOf(environment: ConsumerEnvironment): ArchiveSink[] {
  const { RETRACE_ARCHIVE_SINK: sink } = environment.settings
  switch (sink) {
    case 'parquet':
      return [createParquetSink(parquetStores(environment))]
    case 'firehose':
      return [firehoseSink(environment)]
    case 'both':
      return [createParquetSink(parquetStores(environment)), firehoseSink(environment)]
  }
}

function firehoseSink({ settings }: ConsumerEnvironment): ArchiveSink {
  const deliveryStream = settings.RETRACE_FIREHOSE_STREAM
  if (!deliveryStream) throw new SettingsError('RETRACE_FIREHOSE_STREAM must name a delivery stream')
  return createFirehoseSink({
    // A request that was refused as a whole is the SDK's to repeat; 30 s: up to 4 MiB travel in it.
    client: new FirehoseClient({ maxAttempts: 6, requestHandler: patientHandler(30_000) }),
    deliveryStream,
    random: Math.random,
    pause: (ms) => sleep(ms),
  })
}

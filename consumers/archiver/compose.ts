import type { Consumer } from '../runtime/consumer.ts'
import type { ConsumerEnvironment } from '../runtime/process.ts'
import { createArchiver } from './archiver.ts'
import { createManifest } from './manifest.ts'
import { createParquetSink, type ParquetStores } from './parquet-sink.ts'

export function parquetStores({ objects, clients, table }: ConsumerEnvironment): ParquetStores {
  return { objects, manifest: createManifest(clients.dynamo, table('archive')), now: () => Date.now() }
}

/** The archiver with its stores, for either host. */
export function composeArchiver(environment: ConsumerEnvironment): Consumer {
  return createArchiver({ ...environment, sinks: [createParquetSink(parquetStores(environment))] })
}

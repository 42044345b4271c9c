/** The three consumers, the compactor in the archiver's process, as one set of processes that leaves its work in tables and a bucket of its own. */
import { provision } from '../../bench/stores.ts'
import { type ServiceProcess, startService } from '../service-process.ts'

export const consumerNames = ['aggregator', 'archiver', 'anomaly-detector'] as const
export type ConsumerName = (typeof consumerNames)[number]

/** Where a set leaves what it makes. */
export type Place = { tablePrefix: string; bucket: string; env: NodeJS.ProcessEnv }

/** @param name of the bucket, and what the names of the tables begin with */
export async function makePlace(env: NodeJS.ProcessEnv, name: string): Promise<Place> {
  const place = { tablePrefix: `${name}-`, bucket: name }
  const own = { ...env, RETRACE_TABLE_PREFIX: place.tablePrefix, RETRACE_BUCKET: place.bucket }
  await provision(own)
  return { ...place, env: own }
}

/**
 * Short windows: a consumer that lives for half a second must have begun to write by then, and the compactor to merge what
 * the lives before it have left. An hour of the past is sixty records a shard: more than a batch, so there is always something
 * to merge, whether the archiver was killed in that hour or not. Whoever reads the archive in the end comes when nobody writes: no grace.
 */
const windows = {
  RETRACE_AGGREGATOR_WINDOW_MS: '100',
  RETRACE_ARCHIVER_WINDOW_MS: '0',
  RETRACE_ARCHIVER_BATCH_RECORDS: '40',
  RETRACE_ANOMALY_DETECTOR_WINDOW_MS: '0',
  RETRACE_COMPACTION_INTERVAL_MS: '1000',
  RETRACE_COMPACTION_OBJECTS: '2',
  RETRACE_COMPACTION_GRACE_MS: '500',
}

export function startConsumer(name: ConsumerName, env: NodeJS.ProcessEnv): Promise<ServiceProcess> {
  // What it says of every failure that it is made to see would be all that is left of its output.
  return startService(name, `consumers/${name}/main.ts`, { ...env, ...windows, RETRACE_LOG_LEVEL: 'fatal' })
}

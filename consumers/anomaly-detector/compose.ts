import type { Consumer } from '../runtime/consumer.ts'
import type { ConsumerEnvironment } from '../runtime/process.ts'
import { takingRetriesOnce } from '../runtime/retries.ts'
import { createShardReader } from '../runtime/shard-reader.ts'
import { createAnomalyDetector } from './detector.ts'
import { createIncidentStore } from './judge/incident-store.ts'
import { createJudge, type Judge } from './judge/judge.ts'
import { createJudgedMinutes } from './judge/judged-minutes.ts'
import { listWatchedSites } from './judge/sites.ts'
import { createSnapshots } from './judge/snapshots.ts'
import { handledThrough } from './judge/through.ts'
import { createMinuteStore } from './minutes.ts'
import { readFeedback } from './shapes/read-feedback.ts'

/** The anomaly detector with its stores, for either host. */
export function composeAnomalyDetector(environment: ConsumerEnvironment): Consumer {
  const { clients, table, objects } = environment
  const minutes = createMinuteStore(clients.dynamo, table('minutes'))
  return takingRetriesOnce(createAnomalyDetector({ ...environment, minutes }), objects)
}

/** Who makes incidents of what it counted. */
export function composeJudge(environment: ConsumerEnvironment, now: () => number = Date.now): Judge {
  const { clients, table, checkpoints, objects, settings } = environment
  const reader = createShardReader(clients.kinesis, settings.RETRACE_STREAM)
  return createJudge({
    through: () => handledThrough({ reader, checkpoints, now }),
    sites: () => listWatchedSites(clients.dynamo, table('sites')),
    minutes: createJudgedMinutes(clients.dynamo, table('minutes')),
    snapshots: createSnapshots(clients.dynamo, table('minutes'), objects),
    incidents: createIncidentStore(clients.dynamo, table('incidents')),
    feedback: (site) => readFeedback(clients.dynamo, table('incidents'), site),
  })
}

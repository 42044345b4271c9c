import { pipelineSite } from '../../stream/tables.ts'
import { createMailer } from '../mail/shapes/mailer.ts'
import type { Consumer } from '../runtime/consumer.ts'
import type { ConsumerEnvironment } from '../runtime/process.ts'
import { takingRetriesOnce } from '../runtime/retries.ts'
import { readLags } from '../runtime/shapes/read-lags.ts'
import { readLedgerEntries } from '../runtime/shapes/read-ledger.ts'
import { createShardReader } from '../runtime/shard-reader.ts'
import { createCoolDowns } from './deliver/cool-down.ts'
import { createDeliverer, type Deliverer } from './deliver/deliverer.ts'
import { createDeliveryStore } from './deliver/delivery-store.ts'
import { createOutbox } from './deliver/outbox.ts'
import { createSend } from './deliver/send.ts'
import { createTopics } from './deliver/topics.ts'
import { createAnomalyDetector } from './detector.ts'
import { createIncidentStore } from './judge/incident-store.ts'
import { createJudge, type Judge, type JudgeDependencies, type Watch } from './judge/judge.ts'
import { createJudgedMinutes, siteMinutes } from './judge/judged-minutes.ts'
import { listWatchedSites } from './judge/sites.ts'
import { createSnapshots } from './judge/snapshots.ts'
import { handledThrough } from './judge/through.ts'
import { createMinuteStore } from './minutes.ts'
import { type PipelineFigures, pipelineMinutes } from './pipeline/figures.ts'
import { createLook } from './pipeline/look.ts'
import { PipelineWatch, type SavedPipeline } from './pipeline/pipeline-watch.ts'
import { readAllRules, readRules } from './shapes/alert-rules.ts'
import { topicsOf } from './shapes/alert-topics.ts'
import { readChannels } from './shapes/channel.ts'
import { post } from './shapes/post.ts'
import { readFeedback } from './shapes/read-feedback.ts'
import { noFigures } from './watch/figures.ts'
import { type SavedSite, SiteWatch } from './watch/site-watch.ts'

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
    ...outcomes(environment, now),
    through: () => handledThrough({ reader, checkpoints, now }),
    sites: async () => (await listWatchedSites(clients.dynamo, table('sites'))).map(({ site }) => site),
    minutes: createJudgedMinutes(clients.dynamo, table('minutes'), siteMinutes),
    snapshots: createSnapshots<SavedSite>(clients.dynamo, table('minutes'), objects),
    watch: (site, saved) => new SiteWatch(site, saved),
    look: (_minute, counted) => counted ?? noFigures(),
  })
}

/** Endpoints tell their counts every twenty seconds, whichever minute they look at. */
const endpointsMs = 10_000

/** Who makes incidents of what the pipeline does. It does not wait for the detector, which may be what lags. */
export function composePipelineJudge(environment: ConsumerEnvironment, now: () => number = Date.now): Judge {
  const { clients, table, objects } = environment
  return createJudge<PipelineFigures, SavedPipeline, PipelineWatch>({
    ...outcomes(environment, now),
    through: async () => now() - endpointsMs,
    sites: async () => [pipelineSite],
    minutes: createJudgedMinutes(clients.dynamo, table('minutes'), pipelineMinutes),
    snapshots: createSnapshots<SavedPipeline>(clients.dynamo, table('minutes'), objects),
    watch: (site, saved) => new PipelineWatch(site, saved),
    look: createLook({
      lags: () => readLags(clients.dynamo, table('lag')),
      ledger: (consumer, range) => readLedgerEntries(clients.dynamo, table('ledger'), consumer, range),
      now,
    }),
  })
}

/** Where incidents go, and who is told of them. */
function outcomes(
  { clients, table }: ConsumerEnvironment,
  now: () => number,
): Pick<JudgeDependencies<unknown, unknown, Watch<unknown, unknown>>, 'incidents' | 'feedback' | 'tell'> {
  return {
    incidents: createIncidentStore(clients.dynamo, table('incidents')),
    feedback: (site) => readFeedback(clients.dynamo, table('incidents'), site),
    tell: createOutbox({
      channels: (site) => readChannels(clients.dynamo, table('control'), site),
      rules: (site) => readRules(clients.dynamo, table('control'), site),
      coolDowns: createCoolDowns(clients.dynamo, table('incidents')),
      deliveries: createDeliveryStore(clients.dynamo, table('incidents')),
      now,
    }),
  }
}

/** Longest time that a receiver may take. */
const timeoutMs = 10_000

/** Who tells webhooks, addresses and topics of the incidents. */
export function composeDeliverer(
  { clients, table, settings }: ConsumerEnvironment,
  now: () => number = Date.now,
): Deliverer {
  const allowLoopback = settings.RETRACE_WEBHOOK_LOOPBACK === 'allowed'
  return createDeliverer({
    channels: () => readChannels(clients.dynamo, table('control')),
    timeZones: async () => {
      const sites = await listWatchedSites(clients.dynamo, table('sites'))
      return new Map([[pipelineSite, 'UTC'], ...sites.map(({ site, timeZone }) => [site, timeZone] as const)])
    },
    rules: () => readAllRules(clients.dynamo, table('control')),
    incident: createIncidentStore(clients.dynamo, table('incidents')).find,
    deliveries: createDeliveryStore(clients.dynamo, table('incidents')),
    send: createSend({
      post: (url, headers, body) => post(url, headers, body, { allowLoopback, timeoutMs }),
      mailer: createMailer(settings),
      topics: createTopics(topicsOf(settings)),
      now,
    }),
    now,
    random: () => Math.random(),
  })
}

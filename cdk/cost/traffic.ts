/**
 * What a number of events a day makes of a deployment: records, shards, batches, invocations, tasks. Pure arithmetic
 * over the means of a day; what is provisioned for the busiest hour says so.
 */
import type { ConsumerConfig, DeploymentConfig } from '../config.ts'
import measured from './measured.json' with { type: 'json' }

export type Layout = 'batched' | 'one record per event'
export type Mode = DeploymentConfig['stream']['mode']

export type Traffic = {
  eventsPerSecond: number
  requestsPerSecond: number
  recordsPerSecond: number
  /** Of the stored record, its header with it. */
  recordBytes: number
  shards: number
  endpointTasks: number
  /** A second, of all shards. */
  invocations: { aggregator: number; archiver: number; anomalyDetector: number }
}

const secondsPerDay = 86_400
export const bytesPerKiB = 1024
/** Limits of a shard: Kinesis developer guide, "Quotas and limits". Consumers without fan-out share what is read. */
const shardLimits = { writtenBytes: 1_048_576, readBytes: 2_097_152, records: 1000 }
const consumers = 3
/** An on-demand stream begins with so many, and keeps twice the room of its highest peak. Same page of the guide. */
const onDemand = { leastShards: 4, room: 2 }
/** Lambda closes a batch at 6 MB of payload, in which records are in base64. */
const mostBatchBytes = (6 * 1024 * 1024 * 3) / 4

type Point = readonly [at: number, value: number]

/** Between measured points on a straight line of logarithms, and beyond the last at its end's value an event. */
export function between(points: readonly Point[], at: number): number {
  const [first, last] = [points[0], points.at(-1)]
  if (!first || !last) throw new Error('no points')
  if (at <= first[0]) return first[1]
  if (at >= last[0]) return (last[1] * at) / last[0]
  const above = points.findIndex(([x]) => x >= at)
  const [[x0, y0], [x1, y1]] = [points[above - 1] ?? first, points[above] ?? last]
  const share = Math.log(at / x0) / Math.log(x1 / x0)
  return y0 * (y1 / y0) ** share
}

/** How often something closes that opens with its first arrival and stays open for so long: in a second. */
export function closingsPerSecond(arrivalsPerSecond: number, openSeconds: number): number {
  return arrivalsPerSecond / (1 + arrivalsPerSecond * openSeconds)
}

/** Tasks at the share of their processors that autoscaling aims at, on a day's mean; never fewer than configured. */
export function endpointTasks(eventsPerSecond: number, layout: Layout, config: DeploymentConfig['endpoint']): number {
  const { endpointMicroseconds, assumed } = measured
  const { request, event } = endpointMicroseconds[layout]
  const cores = (eventsPerSecond * (event + request / assumed.eventsPerRequest)) / 1e6
  return Math.max(config.minTasks, Math.ceil(cores / ((config.cpu / 1024) * assumed.endpointUtilisation)))
}

function invocationsPerSecond(
  { batchSize, windowSeconds }: ConsumerConfig,
  { recordsPerSecond, recordBytes, shards }: Pick<Traffic, 'recordsPerSecond' | 'recordBytes' | 'shards'>,
): number {
  const records = recordsPerSecond / shards
  const ofShard = Math.max(
    closingsPerSecond(records, windowSeconds),
    records / batchSize,
    (records * recordBytes) / mostBatchBytes,
  )
  return ofShard * shards
}

export function trafficOf(eventsPerDay: number, layout: Layout, mode: Mode, config: DeploymentConfig): Traffic {
  const eventsPerSecond = eventsPerDay / secondsPerDay
  const { assumed, records: sizes, singleEventBytes, lingerSeconds } = measured
  const requestsPerSecond = eventsPerSecond / assumed.eventsPerRequest
  const tasks = endpointTasks(eventsPerSecond, layout, config.endpoint)
  const points = sizes.map(({ events, bytes }): Point => [events, bytes])

  function recordsWith(shards: number): Pick<Traffic, 'recordsPerSecond' | 'recordBytes'> {
    if (layout !== 'batched') return { recordsPerSecond: eventsPerSecond, recordBytes: singleEventBytes }
    // A function has one request at a time, so each makes records of its own.
    if (config.endpointHost === 'lambda')
      return { recordsPerSecond: requestsPerSecond, recordBytes: between(points, assumed.eventsPerRequest) }
    // Each task gathers a batch of its own for each shard.
    const lanes = tasks * shards
    const recordsPerSecond = lanes * closingsPerSecond(requestsPerSecond / lanes, lingerSeconds)
    return { recordsPerSecond, recordBytes: between(points, eventsPerSecond / recordsPerSecond) }
  }

  // More shards make smaller records, which take more room: up until they have it.
  let shards = mode === 'on-demand' ? onDemand.leastShards : 1
  for (;;) {
    const needed = shardsNeeded(recordsWith(shards), mode)
    if (needed <= shards) break
    shards = needed
  }
  const made = { ...recordsWith(shards), shards }
  const invocations = {
    aggregator: invocationsPerSecond(config.aggregator, made),
    archiver: invocationsPerSecond(config.archiver, made),
    anomalyDetector: invocationsPerSecond(config.anomalyDetector, made),
  }
  return { eventsPerSecond, requestsPerSecond, ...made, endpointTasks: tasks, invocations }
}

/** Shards for the busiest hour; three consumers read what is written. */
function shardsNeeded(
  { recordsPerSecond, recordBytes }: { recordsPerSecond: number; recordBytes: number },
  mode: Mode,
) {
  const bytes = recordsPerSecond * recordBytes
  const full = Math.max(
    bytes / shardLimits.writtenBytes,
    (bytes * consumers) / shardLimits.readBytes,
    recordsPerSecond / shardLimits.records,
  )
  return Math.ceil(full * measured.assumed.peakOverMean * (mode === 'on-demand' ? onDemand.room : 1))
}

/** What of the bill events cost on their way: the stream, its consumers, tables and bucket. Dollars a month. */
import type { DeploymentConfig } from '../config.ts'
import measured from './measured.json' with { type: 'json' }
import type { CostQuestion } from './model.ts'
import { bytesPerGiB, daysPerMonth, hoursPerMonth, secondsPerMonth } from './month.ts'
import type { RegionPrices } from './prices.ts'
import { between, bytesPerKiB, type Mode, type Traffic } from './traffic.ts'

const { assumed } = measured

/** The stream itself, what the three consumers read of it, and what it keeps for longer than a day. */
export function streamCost(traffic: Traffic, mode: Mode, retentionDays: number, prices: RegionPrices): number {
  const { recordsPerSecond, recordBytes, shards } = traffic
  const stored = (recordsPerSecond * 86_400 * recordBytes) / bytesPerGiB
  const longTerm = stored * Math.max(0, retentionDays - 7) * prices.kinesisLongTerm.usd
  const records = recordsPerSecond * secondsPerMonth
  if (mode === 'provisioned') {
    const hourly = prices.kinesisShard.usd + (retentionDays > 1 ? prices.kinesisShardExtended.usd : 0)
    const payloadUnits = records * Math.ceil(recordBytes / (25 * bytesPerKiB))
    return shards * hoursPerMonth * hourly + (payloadUnits / 1e6) * prices.kinesisPut.usd + longTerm
  }
  // Sizes vary about their mean: rounding up costs half a KiB, but never less than the one.
  const billedBytes = Math.max(bytesPerKiB, recordBytes + bytesPerKiB / 2)
  const extended = stored * Math.max(0, Math.min(retentionDays, 7) - 1) * prices.kinesisOnDemandExtended.usd
  return (
    hoursPerMonth * prices.kinesisOnDemandStream.usd +
    ((records * billedBytes) / bytesPerGiB) * prices.kinesisOnDemandIn.usd +
    3 * ((records * recordBytes) / bytesPerGiB) * prices.kinesisOnDemandOut.usd +
    extended +
    longTerm
  )
}

/** A function has a processor's share by its memory, so processor time costs the same whatever its memory is. */
const processorMiB = 1769

export function consumersCost(traffic: Traffic, config: DeploymentConfig, prices: RegionPrices): number {
  const { aggregator, archiver, anomalyDetector, compactor } = measured.consumerMicrosecondsPerEvent
  const processorSeconds =
    ((aggregator + archiver + anomalyDetector + compactor) / 1e6) * traffic.eventsPerSecond * secondsPerMonth
  const { invocations } = traffic
  const waitingGiBSeconds =
    ((invocations.aggregator * config.aggregator.memoryMiB +
      invocations.archiver * config.archiver.memoryMiB +
      invocations.anomalyDetector * config.anomalyDetector.memoryMiB) /
      1024) *
    assumed.invocationSeconds *
    secondsPerMonth
  const requests = (invocations.aggregator + invocations.archiver + invocations.anomalyDetector) * secondsPerMonth
  return (
    ((processorSeconds * processorMiB) / 1024 + waitingGiBSeconds) * prices.lambdaCompute.usd +
    (requests / 1e6) * prices.lambdaRequests.usd
  )
}

/** Flushes of one site's cells in one shard: those of a window in which it has an event, when events come at random. */
function siteFlushes(traffic: Traffic, sites: number, windowSeconds: number): { perSecond: number; events: number } {
  const parts = sites * traffic.shards
  const expected = (traffic.eventsPerSecond / parts) * windowSeconds
  const filled = 1 - Math.exp(-expected / assumed.eventsPerRequest)
  return { perSecond: (parts * filled) / windowSeconds, events: expected / filled }
}

export function tablesCost(
  traffic: Traffic,
  { sites }: Pick<CostQuestion, 'sites'>,
  config: DeploymentConfig,
  prices: RegionPrices,
): number {
  const { invocations } = traffic
  const points = measured.flushes.map(({ events, units }) => [events, units] as const)
  const cells = siteFlushes(traffic, sites, config.aggregator.windowSeconds)
  const minutes = siteFlushes(traffic, sites, config.anomalyDetector.windowSeconds)
  const minuteSizes = measured.minutes.map(({ events, units }) => [events, units] as const)
  const minuteEvents = (traffic.eventsPerSecond * 60) / (sites * traffic.shards)
  const all = invocations.aggregator + invocations.archiver + invocations.anomalyDetector
  const writes =
    cells.perSecond * between(points, cells.events) +
    minutes.perSecond * between(minuteSizes, Math.min(minuteEvents, mostMinuteEvents)) +
    (sites / 60) * measured.judgedUnits +
    endpointWrites(traffic, config) +
    all * assumed.writesPerInvocation +
    invocations.archiver * assumed.manifestWrites
  // A load before each write of a minute, and what the judge asks of each site.
  const reads = all * assumed.readsPerInvocation + minutes.perSecond + (sites / 60) * judgeReads
  const dashboardReads = assumed.dashboardReadsPerDay * daysPerMonth
  const hourly = (traffic.eventsPerSecond * 3600) / (sites * traffic.shards)
  const cellBytes = Math.min(assumed.hourCellMostBytes, hourly * assumed.hourCellBytesPerEvent)
  const stored = (sites * traffic.shards * 24 * 365 * cellBytes) / bytesPerGiB
  return (
    ((writes * secondsPerMonth) / 1e6) * prices.dynamodbWrites.usd +
    ((reads * secondsPerMonth + dashboardReads) / 1e6) * prices.dynamodbReads.usd +
    stored * (prices.dynamodbStorage.usd + prices.dynamodbBackup.usd)
  )
}

/** A second: what an endpoint counted, every 20 s and not without a request (ingest/minute-counts.ts). */
function endpointWrites({ requestsPerSecond, endpointTasks }: Traffic, { endpointHost }: DeploymentConfig): number {
  const instances =
    endpointHost === 'lambda' ? Math.ceil(requestsPerSecond * assumed.endpointFunctionSeconds) : endpointTasks
  return Math.min(instances / 20, requestsPerSecond)
}

/** With more events no more is told apart: the last of `measured.minutes`. */
const mostMinuteEvents = 20_000
/** Half-kilobyte items of each shard, once a minute. */
const judgeReads = 2

/** Requests, and the archive when it has grown for a year; what was merged stays another month as earlier versions. */
export function bucketCost(
  traffic: Traffic,
  { sites }: Pick<CostQuestion, 'sites'>,
  config: DeploymentConfig,
  prices: RegionPrices,
): number {
  const { invocations, shards, eventsPerSecond } = traffic
  const saves = Math.min(invocations.aggregator, shards / config.aggregator.saveIntervalSeconds)
  // Merging writes at least one object an hour and shard, and reads each once; the anomalies' judge writes one an hour and site.
  const puts = invocations.archiver + saves + (shards + sites) / 3600
  const stored =
    (eventsPerSecond * secondsPerMonth * measured.archiveBytesPerEvent * (assumed.archiveMonths + 1)) / bytesPerGiB
  return (
    ((puts * secondsPerMonth) / 1000) * prices.s3Puts.usd +
    ((invocations.archiver * secondsPerMonth) / 1000) * prices.s3Gets.usd +
    stored * prices.s3Storage.usd
  )
}

/** The bill of a month, by service, for what cdk/ deploys. Pure arithmetic: quantities of traffic.ts times prices. */
import type { DeploymentConfig } from '../config.ts'
import measured from './measured.json' with { type: 'json' }
import type { RegionPrices } from './prices.ts'
import { between, bytesPerKiB, type Layout, type Mode, type Traffic, trafficOf } from './traffic.ts'

export type CostQuestion = {
  eventsPerDay: number
  sites: number
  /** Of the stream. */
  retentionDays: number
  layout: Layout
}

/** Dollars a month. */
export type ByService = Record<
  | 'kinesis'
  | 'consumersLambda'
  | 'dynamodb'
  | 's3'
  | 'endpoint'
  | 'loadBalancer'
  | 'firewall'
  | 'dashboard'
  | 'dataTransferOut'
  | 'schedules'
  | 'logs'
  | 'monitoring'
  | 'secrets',
  number
>

export type Bill = {
  monthlyTotal: number
  byService: ByService
  /** Kinesis, consumers' Lambda, DynamoDB and S3, dollars for a million events. */
  pipelinePerMillion: number
  /** Dollars a month of the stream in either mode; byService has that of the configured one. */
  kinesis: Record<Mode, number>
  cheaperStream: Mode
  traffic: Traffic
  /** What the configuration does not allow for. */
  warnings: string[]
}

export const daysPerMonth = 30
const hoursPerMonth = daysPerMonth * 24
const secondsPerMonth = hoursPerMonth * 3600
const bytesPerGiB = 2 ** 30
const { assumed } = measured

export function monthlyBill(question: CostQuestion, config: DeploymentConfig, prices: RegionPrices): Bill {
  const { mode } = config.stream
  const { eventsPerDay, layout } = question
  const traffic = trafficOf(eventsPerDay, layout, mode, config)
  const other: Mode = mode === 'on-demand' ? 'provisioned' : 'on-demand'
  const kinesis = {
    [mode]: streamCost(traffic, mode, question.retentionDays, prices),
    [other]: streamCost(trafficOf(eventsPerDay, layout, other, config), other, question.retentionDays, prices),
  } as Bill['kinesis']

  const byService: ByService = {
    kinesis: kinesis[mode],
    consumersLambda: consumersCost(traffic, config, prices),
    dynamodb: tablesCost(traffic, question, config, prices),
    s3: bucketCost(traffic, question, config, prices),
    ...doorCost(traffic, config, prices),
    dataTransferOut:
      ((traffic.requestsPerSecond * secondsPerMonth * assumed.answerBytes) / bytesPerGiB) * prices.dataOut.usd,
    schedules: schedulesCost(config, prices),
    logs: logsCost(traffic, prices),
    monitoring: monitoringCost(prices),
    secrets: prices.secret.usd,
  }
  const pipeline = byService.kinesis + byService.consumersLambda + byService.dynamodb + byService.s3
  return {
    monthlyTotal: Object.values(byService).reduce((sum, dollars) => sum + dollars, 0),
    byService,
    pipelinePerMillion: pipeline / ((eventsPerDay * daysPerMonth) / 1e6),
    kinesis,
    cheaperStream: kinesis['on-demand'] <= kinesis.provisioned ? 'on-demand' : 'provisioned',
    traffic,
    warnings: warningsFor(traffic, config),
  }
}

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

/** What pages and people reach: in front of servers that run elsewhere there is nothing. */
function doorCost(
  traffic: Traffic,
  config: DeploymentConfig,
  prices: RegionPrices,
): Pick<ByService, 'endpoint' | 'loadBalancer' | 'firewall' | 'dashboard'> {
  const isFunction = config.endpointHost === 'lambda'
  const hasServers = config.servers === 'fargate'
  // People at the dashboard are few beside the visitors of sites.
  const atBalancer = isFunction ? { ...traffic, requestsPerSecond: 0 } : traffic
  const ofTasks = hasServers ? tasksCost(traffic.endpointTasks, config.endpoint, prices) : 0
  return {
    endpoint: isFunction ? endpointFunctionCost(traffic, config, prices) : ofTasks,
    loadBalancer: hasServers ? balancerCost(atBalancer, prices) : 0,
    firewall: hasServers && config.requestsPerAddress !== undefined ? firewallCost(atBalancer, prices) : 0,
    dashboard: hasServers ? tasksCost(config.dashboard.minTasks, config.dashboard, prices) : 0,
  }
}

/** An invocation a request, nearly all of it waiting for Kinesis. */
export function endpointFunctionCost(
  { requestsPerSecond }: Traffic,
  { endpointFunction }: Pick<DeploymentConfig, 'endpointFunction'>,
  prices: RegionPrices,
): number {
  const requests = requestsPerSecond * secondsPerMonth
  const gibSeconds = requests * assumed.endpointFunctionSeconds * (endpointFunction.memoryMiB / 1024)
  return gibSeconds * prices.lambdaCompute.usd + (requests / 1e6) * prices.lambdaRequests.usd
}

/** Fargate tasks that run all month, each with a public address. */
export function tasksCost(
  tasks: number,
  { cpu, memoryMiB }: { cpu: number; memoryMiB: number },
  prices: RegionPrices,
): number {
  const hourly =
    (cpu / 1024) * prices.fargateCpu.usd + (memoryMiB / 1024) * prices.fargateMemory.usd + prices.publicIpv4.usd
  return tasks * hoursPerMonth * hourly
}

/** Capacity units: "Elastic Load Balancing pricing": 25 new connections a second, 3,000 active ones, 1 GB an hour. */
export function balancerCost({ requestsPerSecond }: Traffic, prices: RegionPrices): number {
  const connections = requestsPerSecond * assumed.connectionsPerRequest
  const gibPerHour = (requestsPerSecond * (assumed.requestBytes + assumed.answerBytes) * 3600) / bytesPerGiB
  const units = Math.max(connections / 25, (connections * assumed.connectionSeconds) / 3000, gibPerHour)
  const addresses = 2
  return hoursPerMonth * (prices.albHour.usd + units * prices.albLcu.usd + addresses * prices.publicIpv4.usd)
}

/** One list with one rule, and what it looks at. */
export function firewallCost({ requestsPerSecond }: Traffic, prices: RegionPrices): number {
  const millions = (requestsPerSecond * secondsPerMonth) / 1e6
  return prices.wafAcl.usd + prices.wafRule.usd + millions * prices.wafRequests.usd
}

/** The alarms, the page that shows them, what the bucket counts for them, and what we count. */
export function monitoringCost(prices: RegionPrices): number {
  const metrics = assumed.bucketMetrics + assumed.ownMetrics
  return assumed.alarms * prices.alarm.usd + metrics * prices.metric.usd + prices.metricsPage.usd
}

/** cdk/eraser.ts: a whole processor. */
const eraserMiB = 1769

/**
 * Functions that look whether there is work: redriver, silent shards, replays and the anomalies' judge every minute, the eraser every five,
 * compactor, ledger watch and reporter every fifteen. The compactor's time is a matter of events (`consumersCost`).
 */
function schedulesCost(config: DeploymentConfig, prices: RegionPrices): number {
  const looks = (secondsPerMonth / 60) * 4 + secondsPerMonth / 300 + (secondsPerMonth / 900) * 3
  const perMinuteMiB = 512 + config.aggregator.memoryMiB + 256 + 1024
  const mib =
    (secondsPerMonth / 60) * perMinuteMiB + (secondsPerMonth / 300) * eraserMiB + (secondsPerMonth / 900) * 1024
  const gibSeconds = (mib * assumed.invocationSeconds) / 1024
  return gibSeconds * prices.lambdaCompute.usd + (looks / 1e6) * prices.lambdaRequests.usd
}

/** Lambda's own lines of each invocation, kept for a month. */
function logsCost({ invocations }: Traffic, prices: RegionPrices): number {
  const perSecond =
    invocations.aggregator + invocations.archiver + invocations.anomalyDetector + 4 / 60 + 1 / 300 + 3 / 900
  const gib = (perSecond * secondsPerMonth * assumed.logBytesPerInvocation) / bytesPerGiB
  return gib * (prices.logsIngestion.usd + prices.logsStorage.usd)
}

function warningsFor({ endpointTasks, requestsPerSecond, shards }: Traffic, config: DeploymentConfig): string[] {
  const warnings: string[] = []
  const isFunction = config.endpointHost === 'lambda'
  const busiest = Math.ceil(endpointTasks * assumed.peakOverMean)
  const instances = Math.ceil(requestsPerSecond * assumed.endpointFunctionSeconds * assumed.peakOverMean)
  if (isFunction && instances > config.endpointFunction.maxInstances)
    warnings.push(
      `The busiest hour needs ${instances} instances of the endpoint: raise endpointFunction.maxInstances (${config.endpointFunction.maxInstances}).`,
    )
  if (!isFunction && endpointTasks > config.endpoint.minTasks && busiest > config.endpoint.maxTasks)
    warnings.push(
      `The busiest hour needs ${busiest} tasks of the endpoint: raise endpoint.maxTasks (${config.endpoint.maxTasks}).`,
    )
  if (config.stream.mode === 'provisioned' && shards > config.stream.shards)
    warnings.push(`The busiest hour needs ${shards} shards: raise stream.shards (${config.stream.shards}).`)
  return warnings
}

/**
 * The bill of a month, by service, for what cdk/ deploys. Pure arithmetic: quantities of traffic.ts times prices. What goes
 * by events is in pipeline.ts, what pages and people reach in door.ts.
 */
import type { DeploymentConfig } from '../config.ts'
import { doorCost } from './door.ts'
import measured from './measured.json' with { type: 'json' }
import { bytesPerGiB, daysPerMonth, secondsPerMonth } from './month.ts'
import { bucketCost, consumersCost, streamCost, tablesCost } from './pipeline.ts'
import type { RegionPrices } from './prices.ts'
import { type Layout, type Mode, type Traffic, trafficOf } from './traffic.ts'

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

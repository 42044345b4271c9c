/**
 * What a deployment can choose, and the deployment itself: edit `deployment` below. Values are checked before
 * anything is synthesised, because CloudFormation would say so only after minutes, and not as clearly.
 */
type StreamConfig = {
  /** On-demand scales by itself and costs nothing extra when idle; provisioned is cheaper under steady, known load. */
  mode: 'on-demand' | 'provisioned'
  /** Shards of a provisioned stream; on-demand ignores it. */
  shards: number
  /** How long records can be replayed from the stream itself. Kinesis keeps 1 to 365 days. */
  retentionDays: number
}

export type ServiceConfig = {
  /** CPU units of a task, 1024 to a core; 256 to 4096 in powers of two. */
  cpu: number
  /** Memory of a task. Fargate allows 2 to 8 times the CPU units. */
  memoryMiB: number
  minTasks: number
  maxTasks: number
}

export type ConsumerConfig = {
  /** Records in one invocation, at most. Lambda also closes a batch at 6 MB. */
  batchSize: number
  /** How long Lambda gathers records before it invokes: latency against the number of invocations. */
  windowSeconds: number
  memoryMiB: number
  /**
   * Attempts after the first before a batch goes to the failure destination. The functions pass over records that they
   * cannot handle, so what comes back to Lambda waits for a store: as many as Lambda takes, until the records are too old.
   */
  retryAttempts: number
  /** Records older than this go to the failure destination unread, so that a poisoned shard catches up. */
  maxRecordAgeHours: number
}

export type AggregatorConfig = ConsumerConfig & {
  /**
   * How far breakdowns (pages, sources, …) of the running hour may be behind the totals, which are written with every
   * batch. DynamoDB charges for what is written: half of the delay is nearly twice the write units of a busy site.
   */
  breakdownDelaySeconds: number
  /** How often everything is written and the place is saved: after a cold start so much of the stream is read again. */
  saveIntervalSeconds: number
}

export type DeploymentConfig = {
  /** Names the stack, and begins the names of its tables. */
  name: string
  /** An ACM certificate in the stack's region. Without one the load balancer speaks plain HTTP, and synth warns. */
  certificateArn?: string
  stream: StreamConfig
  endpoint: ServiceConfig
  /** One task: it keeps live connections open, and a restart costs viewers a reconnect. */
  dashboard: ServiceConfig
  aggregator: AggregatorConfig
  archiver: ConsumerConfig
  anomalyDetector: ConsumerConfig
  /** Deletes stream, tables, bucket and secret together with the stack. For development only. */
  removeDataOnDelete: boolean
}

export const deployment: DeploymentConfig = {
  name: 'retrace',
  stream: { mode: 'on-demand', shards: 1, retentionDays: 7 },
  endpoint: { cpu: 512, memoryMiB: 1024, minTasks: 2, maxTasks: 10 },
  dashboard: { cpu: 256, memoryMiB: 512, minTasks: 1, maxTasks: 1 },
  // Figures on the dashboard should follow a click within seconds; 1,769 MiB are one whole processor.
  aggregator: {
    batchSize: 2000,
    windowSeconds: 5,
    memoryMiB: 1769,
    retryAttempts: 10_000,
    maxRecordAgeHours: 72,
    breakdownDelaySeconds: 300,
    saveIntervalSeconds: 300,
  },
  // Few large objects instead of many small ones.
  archiver: { batchSize: 10_000, windowSeconds: 120, memoryMiB: 1024, retryAttempts: 10_000, maxRecordAgeHours: 144 },
  // It judges whole minutes: a few seconds later is soon enough.
  anomalyDetector: { batchSize: 1000, windowSeconds: 5, memoryMiB: 256, retryAttempts: 10_000, maxRecordAgeHours: 24 },
  removeDataOnDelete: false,
}

/** Something the person who wrote the configuration can mend; its message is one sentence. */
export class ConfigError extends Error {
  readonly code = 'bad_config'
}

/**
 * @returns the same configuration, once every value can be deployed
 * @throws ConfigError for the first value that cannot
 */
export function checkConfig(config: DeploymentConfig): DeploymentConfig {
  if (!/^[a-z][a-z0-9-]{0,29}$/.test(config.name))
    throw new ConfigError('name must be 1 to 30 lower-case letters, digits and dashes, and begin with a letter.')
  if (config.certificateArn !== undefined && !/^arn:aws[a-z-]*:acm:/.test(config.certificateArn))
    throw new ConfigError('certificateArn must be the ARN of an ACM certificate (arn:aws:acm:…).')
  if (config.stream.mode !== 'on-demand' && config.stream.mode !== 'provisioned')
    throw new ConfigError('stream.mode must be on-demand or provisioned.')
  integer('stream.shards', config.stream.shards, 1, 10_000)
  integer('stream.retentionDays', config.stream.retentionDays, 1, 365)
  checkService('endpoint', config.endpoint)
  checkService('dashboard', config.dashboard)
  checkConsumer('aggregator', config.aggregator, config.stream)
  integer('aggregator.breakdownDelaySeconds', config.aggregator.breakdownDelaySeconds, 0, 300)
  integer('aggregator.saveIntervalSeconds', config.aggregator.saveIntervalSeconds, 1, 900)
  checkConsumer('archiver', config.archiver, config.stream)
  checkConsumer('anomalyDetector', config.anomalyDetector, config.stream)
  return config
}

/** Ranges: Amazon ECS developer guide, "Task CPU and memory" for Fargate. */
function checkService(name: string, service: ServiceConfig): void {
  if (![256, 512, 1024, 2048, 4096].includes(service.cpu))
    throw new ConfigError(`${name}.cpu must be 256, 512, 1024, 2048 or 4096.`)
  integer(`${name}.memoryMiB`, service.memoryMiB, 2 * service.cpu, Math.min(8 * service.cpu, 30_720))
  // Fargate sells memory in whole GiB, and in half ones for the smallest task alone.
  if (service.memoryMiB % 1024 !== 0 && !(service.cpu === 256 && service.memoryMiB === 512))
    throw new ConfigError(`${name}.memoryMiB must be a multiple of 1024 (or 512 with 256 CPU units).`)
  integer(`${name}.minTasks`, service.minTasks, 1, 1000)
  integer(`${name}.maxTasks`, service.maxTasks, service.minTasks, 1000)
}

/** Ranges: AWS Lambda API reference, CreateEventSourceMapping. */
function checkConsumer(name: string, consumer: ConsumerConfig, stream: StreamConfig): void {
  integer(`${name}.batchSize`, consumer.batchSize, 1, 10_000)
  integer(`${name}.windowSeconds`, consumer.windowSeconds, 0, 300)
  integer(`${name}.memoryMiB`, consumer.memoryMiB, 128, 10_240)
  integer(`${name}.retryAttempts`, consumer.retryAttempts, 0, 10_000)
  // Lambda takes up to a week; past the stream's retention a record is gone without a trace.
  integer(`${name}.maxRecordAgeHours`, consumer.maxRecordAgeHours, 1, Math.min(168, stream.retentionDays * 24))
}

function integer(name: string, value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max)
    throw new ConfigError(`${name} must be an integer from ${min} to ${max}.`)
}

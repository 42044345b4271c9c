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

export type TaskConfig = {
  /** CPU units of a task, 1024 to a core; 256 to 4096 in powers of two. */
  cpu: number
  /** Memory of a task. Fargate allows 2 to 8 times the CPU units. */
  memoryMiB: number
}

export type ServiceConfig = TaskConfig & { minTasks: number; maxTasks: number }

export type EndpointFunctionConfig = {
  /** Processors come with memory, 1,769 MiB are a whole one: less makes a cold start longer, and everything cheaper. */
  memoryMiB: number
  /**
   * Instances at the same time, kept for it and never more; each has one request at a time, some 20 a second. What comes
   * above is answered 429, and browsers try again.
   */
  maxInstances: number
}

/** The task that runs replays, one after the other, and is there only while it does. */
export type ReplayConfig = TaskConfig & {
  /**
   * Threads, 1 to 64; each folds some shards, and holds the visits of a day of one of them in memory. More than there are
   * cores, or families of shards, do nothing.
   */
  workers: number
}

export type ConsumerConfig = {
  /** Records in one invocation, at most. Lambda also closes a batch at 6 MB. */
  batchSize: number
  /** How long Lambda gathers records before it invokes: latency against the number of invocations. */
  windowSeconds: number
  memoryMiB: number
  /**
   * Keeps so many instances of the account for this function, and allows it no more: one a shard is needed. Without it
   * the function takes what others leave.
   */
  reservedConcurrency?: number
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
  /**
   * A name for pages and people behind which CloudFront stands, in front of the load balancer: it tells the endpoint visitors'
   * countries, and answers for the browser script from nearby. `certificateArn` must be for the same name, and
   * `cloudFrontCertificateArn` too, in us-east-1, where CloudFront looks for it. Not by default: at about a dollar a million requests
   * it can cost more than all the rest (docs/cost.md).
   */
  cloudFrontDomain?: string
  cloudFrontCertificateArn?: string
  /**
   * Requests that one address may make in five minutes, 10 to 2,000,000,000: a firewall (AWS WAF) in front of the load
   * balancer turns away more. Offices share an address: a thousand busy visitors make 10,000, so 20,000 is a good number.
   * Not by default: it costs 0.60 US dollars a million requests, which is more than all the rest of a busy deployment
   * (docs/cost.md), and the endpoint has limits by address and site of its own.
   */
  requestsPerAddress?: number
  /**
   * Where endpoint, dashboard and replays run: as Fargate tasks behind a load balancer in a network of their own, or
   * `elsewhere`, with the settings of the output `CommandSettings`. The stack then has stores and functions only.
   */
  servers: 'fargate' | 'elsewhere'
  stream: StreamConfig
  /**
   * What the endpoint is: one of the `servers`, or a function with a URL of its own (output `EndpointUrl`), for small sites.
   * The function costs by request and nothing at rest, and is there whatever `servers` says; it takes no imports. Above three
   * million events a day Fargate is cheaper (docs/cost.md).
   */
  endpointHost: 'fargate' | 'lambda'
  /** The endpoint on Fargate. */
  endpoint: ServiceConfig
  /** The endpoint as a function. */
  endpointFunction: EndpointFunctionConfig
  /** One task: it keeps live connections open, and a restart costs viewers a reconnect. */
  dashboard: ServiceConfig
  aggregator: AggregatorConfig
  archiver: ConsumerConfig
  anomalyDetector: ConsumerConfig
  replay: ReplayConfig
  /**
   * Hands the events to Firehose as well, which lays them down by site and day for a warehouse. It is paid by the
   * gigabyte and costs more than the rest of the archive.
   */
  warehouse: boolean
  /** What one question to Athena may read, and so cost (5 US dollars a TiB). Above it the question is stopped. */
  athenaScanLimitGiB: number
  /** Alarms and a page of charts in CloudWatch. Without them somebody else must watch: nothing rings. */
  monitoring: boolean
  /**
   * An OpenTelemetry collector, https://… or http://…, that endpoint and consumers tell of records, from request to cells
   * (docs/decisions/0025). It must be reachable from functions, and ask for no key. Without it nothing is traced.
   */
  tracesEndpoint?: string
  /** Share of records that are traced then, 0 to 1. */
  tracesShare: number
  /** Told of every alarm (docs/runbook.md), once it has confirmed the subscription. Without it the topic has no reader. */
  alarmEmail?: string
  /**
   * Whom mails are from, `alerts@example.org` or `Retrace <alerts@example.org>`: they go through SES, where this address or its
   * domain must be verified in the stack's region. Without it there are no mails.
   */
  mailFrom?: string
  /** ARNs of SNS topics, with commas between, that owners of sites may have incidents told to. */
  alertTopics?: string
  /** Deletes stream, tables, bucket and secret together with the stack. For development only. */
  removeDataOnDelete: boolean
}

export const deployment: DeploymentConfig = {
  name: 'retrace',
  servers: 'fargate',
  stream: { mode: 'on-demand', shards: 1, retentionDays: 7 },
  endpointHost: 'fargate',
  endpoint: { cpu: 512, memoryMiB: 1024, minTasks: 2, maxTasks: 10 },
  endpointFunction: { memoryMiB: 1024, maxInstances: 50 },
  // Facts are made in a process beside the server: with it come some 400 MB.
  dashboard: { cpu: 256, memoryMiB: 1024, minTasks: 1, maxTasks: 1 },
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
  // It is paid by the second, so a quick one costs no more than a slow one.
  replay: { cpu: 4096, memoryMiB: 16_384, workers: 4 },
  warehouse: false,
  athenaScanLimitGiB: 100,
  monitoring: true,
  tracesShare: 0.01,
  removeDataOnDelete: false,
}

export type CloudFrontConfig = { domain: string; certificateArn: string }

/** @returns what is asked for of CloudFront, in a configuration that was checked */
export function cloudFrontOf(config: DeploymentConfig): CloudFrontConfig | undefined {
  const { cloudFrontDomain: domain, cloudFrontCertificateArn: certificateArn } = config
  return domain === undefined || certificateArn === undefined ? undefined : { domain, certificateArn }
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
  if (config.alarmEmail !== undefined && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(config.alarmEmail))
    throw new ConfigError('alarmEmail must be an e-mail address.')
  if (
    config.mailFrom !== undefined &&
    !/^([^"<>,;:@\r\n]{1,64} <[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+>|[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+)$/.test(config.mailFrom)
  )
    throw new ConfigError('mailFrom must be an e-mail address, or a name and one: Retrace <alerts@example.org>.')
  if (config.alertTopics?.split(',').some((arn) => !/^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]+(\.fifo)?$/.test(arn)))
    throw new ConfigError('alertTopics must be ARNs of SNS topics with commas between (arn:aws:sns:…).')
  if (config.tracesEndpoint !== undefined && !/^https?:\/\/[^\s/]+/.test(config.tracesEndpoint))
    throw new ConfigError('tracesEndpoint must be the address of a collector, https://… or http://….')
  if (!(config.tracesShare >= 0 && config.tracesShare <= 1))
    throw new ConfigError('tracesShare must be a number from 0 to 1.')
  if (config.requestsPerAddress !== undefined)
    integer('requestsPerAddress', config.requestsPerAddress, 10, 2_000_000_000)
  if (config.servers !== 'fargate' && config.servers !== 'elsewhere')
    throw new ConfigError('servers must be fargate or elsewhere.')
  if (config.stream.mode !== 'on-demand' && config.stream.mode !== 'provisioned')
    throw new ConfigError('stream.mode must be on-demand or provisioned.')
  integer('stream.shards', config.stream.shards, 1, 10_000)
  integer('stream.retentionDays', config.stream.retentionDays, 1, 365)
  checkCloudFront(config)
  if (config.endpointHost !== 'fargate' && config.endpointHost !== 'lambda')
    throw new ConfigError('endpointHost must be fargate or lambda.')
  checkService('endpoint', config.endpoint)
  integer('endpointFunction.memoryMiB', config.endpointFunction.memoryMiB, 128, 10_240)
  integer('endpointFunction.maxInstances', config.endpointFunction.maxInstances, 1, 10_000)
  checkService('dashboard', config.dashboard)
  checkConsumer('aggregator', config.aggregator, config.stream)
  integer('aggregator.breakdownDelaySeconds', config.aggregator.breakdownDelaySeconds, 0, 300)
  integer('aggregator.saveIntervalSeconds', config.aggregator.saveIntervalSeconds, 1, 900)
  checkConsumer('archiver', config.archiver, config.stream)
  checkConsumer('anomalyDetector', config.anomalyDetector, config.stream)
  checkTask('replay', config.replay)
  integer('replay.workers', config.replay.workers, 1, 64)
  integer('athenaScanLimitGiB', config.athenaScanLimitGiB, 1, 1_000_000)
  return config
}

function checkCloudFront(config: DeploymentConfig): void {
  const { cloudFrontDomain: domain, cloudFrontCertificateArn: certificateArn } = config
  if (domain === undefined && certificateArn === undefined) return
  if (domain === undefined || certificateArn === undefined)
    throw new ConfigError('cloudFrontDomain and cloudFrontCertificateArn go together.')
  if (!/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/.test(domain))
    throw new ConfigError('cloudFrontDomain must be a name such as clicks.example.org.')
  if (!/^arn:aws[a-z-]*:acm:us-east-1:/.test(certificateArn))
    throw new ConfigError('cloudFrontCertificateArn must be the ARN of an ACM certificate in us-east-1.')
  if (config.servers !== 'fargate' || config.endpointHost !== 'fargate')
    throw new ConfigError(
      'cloudFrontDomain needs the endpoint behind the load balancer (servers and endpointHost fargate).',
    )
  if (config.certificateArn === undefined)
    throw new ConfigError('cloudFrontDomain needs certificateArn, so that CloudFront speaks TLS to the load balancer.')
  if (config.requestsPerAddress !== undefined)
    throw new ConfigError(
      'requestsPerAddress counts at the load balancer, where all requests come from CloudFront: choose one of the two.',
    )
}

/** Ranges: Amazon ECS developer guide, "Task CPU and memory" for Fargate. */
function checkTask(name: string, { cpu, memoryMiB }: TaskConfig): void {
  if (![256, 512, 1024, 2048, 4096].includes(cpu))
    throw new ConfigError(`${name}.cpu must be 256, 512, 1024, 2048 or 4096.`)
  integer(`${name}.memoryMiB`, memoryMiB, 2 * cpu, Math.min(8 * cpu, 30_720))
  // Fargate sells memory in whole GiB, and in half ones for the smallest task alone.
  if (memoryMiB % 1024 !== 0 && !(cpu === 256 && memoryMiB === 512))
    throw new ConfigError(`${name}.memoryMiB must be a multiple of 1024 (or 512 with 256 CPU units).`)
}

function checkService(name: string, service: ServiceConfig): void {
  checkTask(name, service)
  integer(`${name}.minTasks`, service.minTasks, 1, 1000)
  integer(`${name}.maxTasks`, service.maxTasks, service.minTasks, 1000)
}

/** Ranges: AWS Lambda API reference, CreateEventSourceMapping. */
function checkConsumer(name: string, consumer: ConsumerConfig, stream: StreamConfig): void {
  integer(`${name}.batchSize`, consumer.batchSize, 1, 10_000)
  integer(`${name}.windowSeconds`, consumer.windowSeconds, 0, 300)
  integer(`${name}.memoryMiB`, consumer.memoryMiB, 128, 10_240)
  if (consumer.reservedConcurrency !== undefined)
    integer(`${name}.reservedConcurrency`, consumer.reservedConcurrency, 1, 10_000)
  integer(`${name}.retryAttempts`, consumer.retryAttempts, 0, 10_000)
  // Lambda takes up to a week; past the stream's retention a record is gone without a trace.
  integer(`${name}.maxRecordAgeHours`, consumer.maxRecordAgeHours, 1, Math.min(168, stream.retentionDays * 24))
}

function integer(name: string, value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max)
    throw new ConfigError(`${name} must be an integer from ${min} to ${max}.`)
}

import { Duration } from 'aws-cdk-lib'
import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  MathExpression,
  Metric,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch'
import { HttpCodeTarget } from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import { Alarms, fiveMinutes, oneMinute } from './alarms.ts'
import type { Consumer, Stores } from './consumers.ts'
import type { Endpoint } from './endpoint.ts'
import { EndpointFunction } from './endpoint-function.ts'
import { ownMetric } from './own-metrics.ts'

export type MonitoringProps = Stores & {
  /** Of the dashboard in CloudWatch. */
  name: string
  email: string | undefined
  /** None where it runs elsewhere. */
  endpoint: Endpoint | EndpointFunction | undefined
  consumers: Record<string, Consumer>
  /** Functions that look now and then whether there is work. */
  scheduled: Record<string, { handler: IFunction }>
  /** Events of an hour that nobody has accounted for. */
  unaccounted: Metric
}

/** What is counted of the endpoint's answers, in a minute each. */
type Answers = {
  errors: IMetric
  requests: IMetric
  slowest: IMetric
  /** In its unit. */
  slowAbove: number
  unit: 'seconds' | 'milliseconds'
}

/** What is watched: the alarms, and one page that shows the same figures over time. Each has an entry in docs/runbook.md. */
export class Monitoring extends Construct {
  readonly #alarms: Alarms
  readonly #rows: IWidget[][] = []

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id)
    this.#alarms = new Alarms(this, 'Alarms', props.email)
    if (props.endpoint instanceof EndpointFunction) this.#watchEndpointFunction(props.endpoint)
    else if (props.endpoint) this.#watchService(props.endpoint)
    this.#showEvents(props)
    this.#watchEntry(props)
    this.#watchConsumers(props)
    this.#watchStores(props)
    const status = new AlarmStatusWidget({ title: 'Alarms', alarms: this.#alarms.all, width: 24 })
    new Dashboard(this, 'Dashboard', { dashboardName: props.name, widgets: [[status], ...this.#rows] })
  }

  #watchService({ targets }: Endpoint): void {
    this.#watchAnswers({
      errors: targets.metrics.httpCodeTarget(HttpCodeTarget.TARGET_5XX_COUNT, { period: oneMinute }),
      requests: targets.metrics.requestCount({ period: oneMinute }),
      slowest: targets.metrics.targetResponseTime({ statistic: Stats.percentile(99), period: oneMinute }),
      slowAbove: 1,
      unit: 'seconds',
    })
  }

  #watchEndpointFunction(endpoint: EndpointFunction): void {
    this.#watchAnswers({
      errors: endpoint.metric('Url5xxCount', { label: '5xx' }),
      requests: endpoint.metric('UrlRequestCount', { label: 'requests' }),
      slowest: endpoint.metric('UrlRequestLatency', { statistic: Stats.percentile(99) }),
      // Where few come, one in a hundred meets a cold start.
      slowAbove: 3000,
      unit: 'milliseconds',
    })
    const throttled = endpoint.handler.metricThrottles({ period: oneMinute, label: 'turned away' })
    const instances = endpoint.handler.metric('ConcurrentExecutions', {
      statistic: Stats.MAXIMUM,
      period: oneMinute,
      label: 'instances',
    })
    this.#alarms.add('EndpointThrottled', {
      means: 'More requests came at the same time than the function of the endpoint may have instances.',
      runbook: 'endpoint-turns-requests-away',
      metric: throttled,
      above: 0,
      periods: 3,
      of: 5,
    })
    this.#show(['Instances of the endpoint, and requests turned away', [instances, throttled]])
  }

  #watchAnswers({ errors, requests, slowest, slowAbove, unit }: Answers): void {
    this.#alarms.add('EndpointErrors', {
      means: 'More than one request in a hundred to the endpoint ended with a 5xx.',
      runbook: 'endpoint-answers-5xx',
      metric: new MathExpression({
        expression: '100 * errors / requests',
        usingMetrics: { errors, requests },
        period: oneMinute,
        label: '5xx, %',
      }),
      above: 1,
      periods: 3,
      of: 5,
    })
    this.#alarms.add('EndpointSlow', {
      means: `One request in a hundred to the endpoint takes longer than ${slowAbove} ${unit}.`,
      runbook: 'endpoint-is-slow',
      metric: slowest,
      above: slowAbove,
      periods: 5,
      of: 10,
    })
    this.#show(
      ['Requests and 5xx a minute', [requests, errors]],
      [`99 of 100 requests are answered within, ${unit}`, [slowest]],
    )
  }

  /** The way into the stream, whoever takes it. */
  #watchEntry({ stream, storage }: MonitoringProps): void {
    const overflow = storage.puts('overflow').with({ period: fiveMinutes })
    const refused = new Metric({
      namespace: 'AWS/Kinesis',
      metricName: 'WriteProvisionedThroughputExceeded',
      dimensionsMap: { StreamName: stream.source.streamName },
      statistic: Stats.SUM,
      period: oneMinute,
      label: 'refused by Kinesis',
    })
    this.#alarms.add('Overflow', {
      means: 'Kinesis refuses what the endpoint has for it; events are kept in the overflow.',
      runbook: 'overflow-is-used',
      metric: overflow,
      above: 0,
      periods: 2,
      of: 3,
    })
    this.#alarms.add('StreamThrottled', {
      means: 'Kinesis refuses records for their rate.',
      runbook: 'overflow-is-used',
      metric: refused,
      above: 0,
      periods: 5,
      of: 10,
    })
    this.#show(['Refused by Kinesis, and put into the overflow', [refused, overflow]])
  }

  #watchConsumers({ consumers, scheduled }: MonitoringProps): void {
    const behind: IMetric[] = []
    for (const [name, { handler, config }] of Object.entries(consumers)) {
      const age = handler.metric('IteratorAge', { statistic: Stats.MAXIMUM, period: oneMinute, label: name })
      behind.push(age)
      this.#alarms.add(`${capitalised(name)}Behind`, {
        means: `The ${name} has been more than ten minutes behind the stream.`,
        runbook: 'a-consumer-is-behind',
        metric: age,
        // What it gathers for on purpose is no lag.
        above: Duration.minutes(10).plus(Duration.seconds(config.windowSeconds)).toMilliseconds(),
        periods: 5,
        of: 5,
      })
    }
    const handlers = Object.entries({ ...consumers, ...scheduled }).map(([name, { handler }]) => ({ name, handler }))
    const failures = handlers.map(({ name, handler }) => {
      const errors = handler.metricErrors({ period: fiveMinutes, label: name })
      // A consumer's function hands a batch back and ends well: Lambda counts that as no error.
      const failed = name in consumers ? withHandedBack(errors, handler, name) : errors
      this.#alarms.add(`${capitalised(name)}Fails`, {
        means: `Invocations of the ${name} end with an error.`,
        runbook: 'a-function-fails',
        metric: failed,
        above: 0,
        periods: 3,
        of: 3,
      })
      return failed
    })
    this.#show(['Milliseconds behind the stream', behind], ['Invocations that failed, in 5 minutes', failures])
  }

  #watchStores({ tables, storage, stream, unaccounted }: MonitoringProps): void {
    this.#alarms.add('Unaccounted', {
      means: 'Of the events that arrived between two hours and one hour ago, some are neither counted nor set aside.',
      runbook: 'the-ledger-does-not-balance',
      metric: unaccounted,
      above: 0,
      periods: 2,
      of: 2,
    })
    const failed = storage.puts('failed').with({ period: fiveMinutes })
    const quarantined = storage.puts('quarantine').with({ period: fiveMinutes })
    this.#alarms.add('FailedBatches', {
      means: 'Lambda gave a batch up: its records are not counted until they are replayed.',
      runbook: 'a-batch-was-given-up',
      metric: failed,
      above: 0,
      periods: 1,
      of: 1,
    })
    this.#alarms.add('Quarantine', {
      means: 'A record could not be handled and was put into the quarantine.',
      runbook: 'a-record-is-in-quarantine',
      metric: quarantined,
      above: 0,
      periods: 1,
      of: 1,
    })
    const archived = storage.puts('archive').with({ period: Duration.minutes(15) })
    const arrived = stream.source.metricIncomingRecords({ period: Duration.minutes(15), statistic: Stats.SUM })
    this.#alarms.add('ArchiveStale', {
      means: 'Records arrived for an hour, and the archive got no object.',
      runbook: 'the-archive-is-stale',
      metric: new MathExpression({
        expression: 'IF(FILL(arrived, 0) > 0 AND FILL(archived, 0) < 1, 1, 0)',
        usingMetrics: { arrived, archived },
        period: Duration.minutes(15),
        label: 'quarters of an hour without an object',
      }),
      above: 0,
      periods: 4,
      of: 4,
    })
    const throttled = tables.throttledWrites().map((metric) => metric.with({ period: fiveMinutes }))
    for (const metric of throttled)
      this.#alarms.add(`${capitalised(String(metric.label))}Throttled`, {
        means: `DynamoDB refuses writes to the table of ${metric.label} for their rate.`,
        runbook: 'a-table-is-throttled',
        metric,
        above: 0,
        periods: 3,
        of: 3,
      })
    this.#show(
      ['Given up, in quarantine, and unaccounted for', [failed, quarantined, unaccounted]],
      ['Records that arrived, objects archived, in a quarter of an hour', [arrived, archived]],
      ['Writes that DynamoDB refused', throttled],
    )
  }

  /** What became of events, as the code itself counts it. */
  #showEvents({ endpoint, consumers }: MonitoringProps): void {
    const of = (source: { FunctionName: string } | { Service: string }, names: string[]) =>
      names.map((name) => ownMetric(source, name, { period: fiveMinutes, label: name.toLowerCase() }))
    const ofConsumer = (name: string, names: string[]) =>
      of({ FunctionName: `${consumers[name]?.handler.functionName}` }, names)
    this.#show(
      ...(endpoint
        ? [
            chart(
              'Events at the endpoint, in 5 minutes',
              of(endpoint.metricSource, ['Accepted', 'Ignored', 'Rejected', 'Overflowed']),
            ),
          ]
        : []),
      chart(
        'Events aggregated, in 5 minutes',
        ofConsumer('aggregator', ['Aggregated', 'Duplicates', 'Filtered', 'Quarantined']),
      ),
      chart('Events archived, in 5 minutes', ofConsumer('archiver', ['Archived', 'Quarantined'])),
    )
  }

  /** A row of charts. */
  #show(...charts: [title: string, left: IMetric[]][]): void {
    this.#rows.push(
      charts.map(([title, left]) => new GraphWidget({ title, left, width: 24 / charts.length, height: 6 })),
    )
  }
}

function chart(title: string, left: IMetric[]): [title: string, left: IMetric[]] {
  return [title, left]
}

function withHandedBack(errors: IMetric, { functionName }: IFunction, name: string): IMetric {
  const handedBack = ownMetric({ FunctionName: functionName }, 'HandedBack', { period: fiveMinutes })
  return new MathExpression({
    expression: `FILL(${name}Errors, 0) + FILL(${name}HandedBack, 0)`,
    // Named apart: a chart has those of all consumers.
    usingMetrics: { [`${name}Errors`]: errors, [`${name}HandedBack`]: handedBack },
    period: fiveMinutes,
    label: name,
  })
}

function capitalised(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}

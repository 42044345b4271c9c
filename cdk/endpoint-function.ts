import { Duration } from 'aws-cdk-lib'
import { Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import { FunctionUrlAuthType, InvokeMode, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import { pipelineSite } from '../stream/tables.ts'
import { oneMinute } from './alarms.ts'
import type { EndpointFunctionConfig } from './config.ts'
import type { Stores } from './consumers.ts'
import type { Environment, SettingName } from './environment.ts'
import { lambdaFunction } from './lambda-function.ts'

export type EndpointFunctionProps = Stores & { config: EndpointFunctionConfig }

/** An instance has one request at a time: nothing comes that a batch could wait for. */
const settings: Environment = { RETRACE_LINGER_MS: '1' }

/**
 * The ingestion endpoint as a function with a URL of its own, for small sites: costs nothing while nobody comes. It may
 * put into the stream and the overflow and read neither, and takes no imports.
 */
export class EndpointFunction extends Construct {
  readonly handler: LambdaFunction
  /** What its metrics come from. */
  readonly metricSource: { FunctionName: string }
  /** Scheme, host and a slash. */
  readonly url: string

  constructor(scope: Construct, id: string, { config, stream, storage, tables }: EndpointFunctionProps) {
    super(scope, id)
    const handler = lambdaFunction(this, {
      description: 'Retrace: endpoint',
      entry: 'ingest/function/lambda.ts',
      memoryMiB: config.memoryMiB,
      // Longer than both stores together may take to refuse: a request that is cut off here has no answer.
      timeout: Duration.seconds(20),
      // Pages of any visitor call it: the bound on what a flood can cost.
      reservedConcurrency: config.maxInstances,
      logsNoInvocations: true,
      withSnippet: true,
    })
    this.handler = handler
    this.metricSource = { FunctionName: handler.functionName }
    for (const [name, value] of Object.entries(settings)) handler.addEnvironment(name as SettingName, value)
    stream.grantPut(handler)
    storage.grantPut(handler, 'overflow')
    tables.grantRead(handler, ['sites'])
    tables.grantLookUpAndPut(handler, 'salts')
    // What it rejected, for who watches the pipeline.
    tables.grantPutRows(handler, 'minutes', [pipelineSite])
    // The app itself answers what browsers ask about origins, as everywhere.
    this.url = handler.addFunctionUrl({ authType: FunctionUrlAuthType.NONE, invokeMode: InvokeMode.BUFFERED }).url
  }

  /** What Lambda counts of its URL: "Monitoring Lambda function URLs", Lambda guide. */
  metric(metricName: 'UrlRequestCount' | 'Url5xxCount' | 'UrlRequestLatency', options: MetricOptions = {}): Metric {
    return new Metric({
      namespace: 'AWS/Lambda',
      metricName,
      dimensionsMap: { FunctionName: this.handler.functionName },
      statistic: Stats.SUM,
      period: oneMinute,
      ...options,
    })
  }
}

import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import { type IStream, Stream, StreamEncryption, StreamMode } from 'aws-cdk-lib/aws-kinesis'
import { Construct } from 'constructs'
import type { DeploymentConfig } from './config.ts'
import type { Workload } from './environment.ts'

/** The stream that everything goes through. Each `grant` gives the right and the name of the stream together. */
export class EventStream extends Construct {
  /** What an event-source mapping reads; grants go through the methods below. */
  readonly source: IStream

  constructor(scope: Construct, id: string, config: DeploymentConfig) {
    super(scope, id)
    const onDemand = config.stream.mode === 'on-demand'
    this.source = new Stream(this, 'Stream', {
      streamMode: onDemand ? StreamMode.ON_DEMAND : StreamMode.PROVISIONED,
      ...(onDemand ? {} : { shardCount: config.stream.shards }),
      retentionPeriod: Duration.days(config.stream.retentionDays),
      // The key that AWS manages: encrypted with KMS, and no key of ours to pay for and to lose.
      encryption: StreamEncryption.MANAGED,
      removalPolicy: config.removeDataOnDelete ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
    })
  }

  /** To put records, and to learn which shard owns a visitor. Not to read: the endpoint cannot leak the past. */
  grantPut(workload: Workload): void {
    this.source.grant(workload, 'kinesis:PutRecords', 'kinesis:ListShards')
    workload.addEnvironment('RETRACE_STREAM', this.source.streamName)
  }

  /** To read records; an event-source mapping reads with its function's rights. */
  grantRead(workload: Workload): void {
    this.source.grantRead(workload)
    workload.addEnvironment('RETRACE_STREAM', this.source.streamName)
  }

  /** To read with iterators of its own, and to learn how far back the stream goes. */
  grantReplay(workload: Workload): void {
    const actions = ['DescribeStreamSummary', 'ListShards', 'GetShardIterator', 'GetRecords']
    this.source.grant(workload, ...actions.map((action) => `kinesis:${action}`))
    // The key that AWS manages lets whoever may read the stream decrypt it.
    workload.addEnvironment('RETRACE_STREAM', this.source.streamName)
  }
}

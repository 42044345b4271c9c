import { Duration } from 'aws-cdk-lib'
import { type Function as LambdaFunction, StartingPosition } from 'aws-cdk-lib/aws-lambda'
import { KinesisEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import { Construct } from 'constructs'
import type { TableName } from '../stream/tables.ts'
import type { ConsumerConfig } from './config.ts'
import type { SettingName } from './environment.ts'
import { lambdaFunction } from './lambda-function.ts'
import { onSchedule } from './schedule.ts'
import type { Storage } from './storage.ts'
import type { EventStream } from './stream.ts'
import type { Tables } from './tables.ts'

export type Stores = { stream: EventStream; tables: Tables; storage: Storage }

export type ConsumerProps = Stores & {
  /** As in `consumers/<name>/lambda.ts`, and in its checkpoints. */
  name: string
  config: ConsumerConfig
  /** Tells the function how long the mapping gathers records for it. */
  windowSetting: SettingName
  /** Further settings of the function. */
  environment?: Partial<Record<SettingName, string>>
  /** Tables that are this consumer's own. */
  ownTables: readonly TableName[]
  /** Kinds of items of the table `control` that it goes by. */
  reads: readonly string[]
  /** Whether it reads the documents of rules in the bucket. */
  goesByRules?: boolean
  /** Folders of the bucket that it fills and tidies, besides its state and the quarantine that all consumers share. */
  keeps: readonly string[]
  /** For one that does not save every batch: how often it looks for shards that fell silent before they were saved. */
  settlesEvery?: Duration
}

/** One consumer: the function, and the mapping that feeds it the whole stream at its own pace. */
export class Consumer extends Construct {
  /** What reads the stream. */
  readonly handler: LambdaFunction
  readonly config: ConsumerConfig

  constructor(scope: Construct, id: string, props: ConsumerProps) {
    super(scope, id)
    const { config, stream, tables, storage } = props
    const handler = lambdaFunction(this, {
      description: `Retrace: ${props.name}`,
      entry: `consumers/${props.name}/lambda.ts`,
      memoryMiB: config.memoryMiB,
      ...(config.reservedConcurrency !== undefined && { reservedConcurrency: config.reservedConcurrency }),
      timeout: Duration.minutes(1),
    })
    this.handler = handler
    this.config = config

    handler.addEventSource(
      new KinesisEventSource(stream.source, {
        startingPosition: StartingPosition.TRIM_HORIZON,
        batchSize: config.batchSize,
        maxBatchingWindow: Duration.seconds(config.windowSeconds),
        bisectBatchOnError: true,
        reportBatchItemFailures: true,
        retryAttempts: config.retryAttempts,
        maxRecordAge: Duration.hours(config.maxRecordAgeHours),
        onFailure: storage.failureDestination(),
      }),
    )
    if (props.settlesEvery) onSchedule(this, handler, props.settlesEvery)
    stream.grantRead(handler)
    handler.addEnvironment(props.windowSetting, String(config.windowSeconds * 1000))
    for (const [name, value] of Object.entries(props.environment ?? {})) handler.addEnvironment(name, value)
    tables.grantOwnRows(handler, props.name, ['checkpoints', 'lag'])
    tables.grantReadWrite(handler, props.ownTables)
    if (props.reads.length > 0) tables.grantReadRows(handler, 'control', props.reads)
    if (props.goesByRules) storage.grantRead(handler, 'rules')
    for (const folder of [`state/${props.name}`, ...props.keeps]) storage.grantReadWrite(handler, folder)
    storage.grantPut(handler, 'quarantine')
  }
}

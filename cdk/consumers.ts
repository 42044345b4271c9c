import { fileURLToPath } from 'node:url'
import { Duration } from 'aws-cdk-lib'
import { Architecture, LoggingFormat, Runtime, StartingPosition } from 'aws-cdk-lib/aws-lambda'
import { KinesisEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import { LogLevel, NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import type { TableName } from '../stream/tables.ts'
import type { ConsumerConfig } from './config.ts'
import type { Storage } from './storage.ts'
import type { EventStream } from './stream.ts'
import type { Tables } from './tables.ts'

const projectRoot = fileURLToPath(new URL('..', import.meta.url))

export type Stores = { stream: EventStream; tables: Tables; storage: Storage }

export type ConsumerProps = Stores & {
  /** As in `consumers/<name>/lambda.ts`, and in its checkpoints. */
  name: string
  config: ConsumerConfig
  /** Tables that are this consumer's own. */
  ownTables: readonly TableName[]
  /** Folders of the bucket that it fills, besides its state and the quarantine that all consumers share. */
  fills: readonly string[]
}

/** One consumer: the function, and the mapping that feeds it the whole stream at its own pace. */
export class Consumer extends Construct {
  constructor(scope: Construct, id: string, props: ConsumerProps) {
    super(scope, id)
    const { config, stream, tables, storage } = props
    const handler = new NodejsFunction(this, 'Function', {
      description: `Retrace: ${props.name}`,
      entry: `${projectRoot}consumers/${props.name}/lambda.ts`,
      projectRoot,
      depsLockFilePath: `${projectRoot}package-lock.json`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: config.memoryMiB,
      timeout: Duration.minutes(1),
      loggingFormat: LoggingFormat.JSON,
      logGroup: new LogGroup(this, 'Logs', { retention: RetentionDays.ONE_MONTH }),
      bundling: {
        format: OutputFormat.ESM,
        target: 'node24',
        minify: true,
        logLevel: LogLevel.WARNING,
        // The AWS SDK goes into the bundle: what runs is what the lock file names and the tests tested.
        bundleAwsSDK: true,
        // Packages that are still CommonJS call require(), which an ES module does not have.
        banner: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
        forceDockerBundling: false,
      },
    })

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
    stream.grantRead(handler)
    tables.grantCheckpoints(handler, props.name)
    tables.grantReadWrite(handler, props.ownTables)
    storage.grantReadWrite(handler, `state/${props.name}`)
    for (const folder of ['quarantine', ...props.fills]) storage.grantPut(handler, folder)
  }
}

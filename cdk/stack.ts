import { App, CfnOutput, Duration, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib'
import { Secret as EcsSecret } from 'aws-cdk-lib/aws-ecs'
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager'
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' }
import { AnomalyJudge } from './anomaly-judge.ts'
import { Athena } from './athena.ts'
import { Compactor } from './compactor.ts'
import { checkConfig, type DeploymentConfig } from './config.ts'
import { Consumer, type Stores } from './consumers.ts'
import { EndpointFunction } from './endpoint-function.ts'
import type { Workload } from './environment.ts'
import { Eraser } from './eraser.ts'
import { accept, checkGoodPractice } from './good-practice.ts'
import { serverImage } from './image.ts'
import { LedgerWatch } from './ledger-watch.ts'
import { Monitoring } from './monitoring.ts'
import { Redriver } from './redriver.ts'
import { Reporter } from './reporter.ts'
import { addServers } from './servers.ts'
import { Storage } from './storage.ts'
import { EventStream } from './stream.ts'
import { Tables } from './tables.ts'
import { Warehouse } from './warehouse.ts'

/**
 * The whole deployment, not yet synthesised. Feature flags are what the library recommends for a new project: the
 * lock file decides when they change.
 *
 * @param outdir where it is synthesised to; without it, where the CDK's command says
 * @param code of the functions: left out by who looks at the template alone, in half the time
 */
export function createApp(
  config: DeploymentConfig,
  outdir?: string,
  code: 'bundled' | 'left out' = 'bundled',
): { app: App; stack: Stack } {
  // The library's own switch: the stacks whose assets it bundles.
  const bundling = code === 'bundled' ? {} : { 'aws:cdk:bundling-stacks': [] }
  const app = new App({ context: { ...recommendedFlags, ...bundling }, ...(outdir && { outdir }) })
  checkGoodPractice(app)
  return { app, stack: new RetraceStack(app, config) }
}

/** All of Retrace in one account and region. Nothing is looked up, so it synthesises without network. */
class RetraceStack extends Stack {
  constructor(app: App, given: DeploymentConfig) {
    const config = checkConfig(given)
    super(app, config.name, { description: 'Retrace: click tracking that can be replayed' })
    Tags.of(this).add('application', config.name)

    const stores: Stores = {
      stream: new EventStream(this, 'Events', config),
      tables: new Tables(this, 'Tables', config),
      storage: new Storage(this, 'Storage', config),
    }
    const adminToken = new Secret(this, 'AdminToken', {
      description: 'Retrace: token of the administrator (sign-in, import)',
      generateSecretString: { passwordLength: 43, excludePunctuation: true },
      removalPolicy: config.removeDataOnDelete ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
    })
    accept(adminToken, 'SMG4', 'People sign in with it: it changes when they change it, not behind their backs.')

    const endpointFunction =
      config.endpointHost === 'lambda'
        ? new EndpointFunction(this, 'EndpointFunction', { ...stores, config: config.endpointFunction })
        : undefined

    const servers =
      config.servers === 'fargate'
        ? addServers(this, {
            ...stores,
            config,
            image: serverImage(),
            endpointUrl: endpointFunction?.url,
            adminToken: EcsSecret.fromSecretsManager(adminToken as ISecret),
          })
        : undefined

    const redriver = new Redriver(this, 'Redriver', stores)
    const aggregator = new Consumer(this, 'Aggregator', {
      ...stores,
      name: 'aggregator',
      config: config.aggregator,
      windowSetting: 'RETRACE_AGGREGATOR_WINDOW_MS',
      environment: {
        RETRACE_BREAKDOWN_DELAY_MS: String(config.aggregator.breakdownDelaySeconds * 1000),
        RETRACE_AGGREGATOR_SAVE_INTERVAL_MS: String(config.aggregator.saveIntervalSeconds * 1000),
      },
      ownTables: ['cells', 'revisions', 'ledger'],
      reads: ['cuts'],
      goesByRules: true,
      keeps: [],
      settlesEvery: Duration.minutes(1),
    })
    const archiver = new Consumer(this, 'Archiver', {
      ...stores,
      name: 'archiver',
      config: config.archiver,
      windowSetting: 'RETRACE_ARCHIVER_WINDOW_MS',
      ownTables: ['archive', 'ledger'],
      reads: [],
      keeps: ['archive'],
    })
    const compactor = new Compactor(this, 'Compactor', stores)
    const ledgerWatch = new LedgerWatch(this, 'LedgerWatch', stores)
    const eraser = new Eraser(this, 'Eraser', stores)
    const anomalyDetector = new Consumer(this, 'AnomalyDetector', {
      ...stores,
      name: 'anomaly-detector',
      config: config.anomalyDetector,
      windowSetting: 'RETRACE_ANOMALY_DETECTOR_WINDOW_MS',
      ownTables: ['minutes'],
      reads: [],
      keeps: [],
    })
    const anomalyJudge = new AnomalyJudge(this, 'AnomalyJudge', { ...stores, config })

    const reporter = new Reporter(this, 'Reporter', { ...stores, config })

    traceTo(config, [
      servers?.endpoint,
      endpointFunction?.handler,
      ...[aggregator, archiver, anomalyDetector].map(({ handler }) => handler),
    ])

    const { storage } = stores
    const { table } = new Athena(this, 'Athena', { config, storage })
    if (config.warehouse)
      new Warehouse(this, 'Warehouse', { name: config.name, storage, table }).grantPut(archiver.handler)
    if (config.monitoring)
      new Monitoring(this, 'Monitoring', {
        ...stores,
        name: config.name,
        email: config.alarmEmail,
        endpoint: servers?.endpoint ?? endpointFunction,
        consumers: { aggregator, archiver, anomalyDetector },
        scheduled: {
          redriver,
          compactor,
          ledgerWatch,
          eraser,
          anomalyJudge,
          reporter,
          ...(servers && { replay: servers.replay }),
        },
        unaccounted: ledgerWatch.unaccounted,
      })

    if (servers)
      new CfnOutput(this, 'Origin', {
        value: servers.origin,
        description: endpointFunction ? 'Dashboard' : 'Dashboard, snippet and endpoint',
      })
    if (endpointFunction)
      new CfnOutput(this, 'EndpointUrl', { value: endpointFunction.url, description: 'Snippet and endpoint' })
    new CfnOutput(this, 'CommandSettings', {
      value: `RETRACE_STREAM=${stores.stream.source.streamName} RETRACE_BUCKET=${stores.storage.bucketName} RETRACE_TABLE_PREFIX=${stores.tables.prefix}`,
      description: 'Settings of npm run replay, rules, reconcile and others against this deployment',
    })
    new CfnOutput(this, 'AdminTokenSecret', { value: adminToken.secretArn, description: 'Holds the sign-in token' })
  }
}

function traceTo(
  { tracesEndpoint, tracesShare }: DeploymentConfig,
  workloads: readonly (Pick<Workload, 'addEnvironment'> | undefined)[],
): void {
  if (tracesEndpoint === undefined) return
  for (const workload of workloads) {
    workload?.addEnvironment('OTEL_EXPORTER_OTLP_ENDPOINT', tracesEndpoint)
    workload?.addEnvironment('OTEL_TRACES_SAMPLER_ARG', String(tracesShare))
  }
}

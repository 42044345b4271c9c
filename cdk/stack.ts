import { App, CfnOutput, Duration, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib'
import { Secret as EcsSecret } from 'aws-cdk-lib/aws-ecs'
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager'
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' }
import { Compactor } from './compactor.ts'
import { checkConfig, type DeploymentConfig } from './config.ts'
import { Consumer, type Stores } from './consumers.ts'
import { Dashboard } from './dashboard.ts'
import { Endpoint } from './endpoint.ts'
import { serverImage } from './image.ts'
import { Network } from './network.ts'
import { Redriver } from './redriver.ts'
import { Storage } from './storage.ts'
import { EventStream } from './stream.ts'
import { Tables } from './tables.ts'

/**
 * The whole deployment, not yet synthesised. Feature flags are what the library recommends for a new project: the
 * lock file decides when they change.
 *
 * @param outdir where it is synthesised to; without it, where the CDK's command says
 */
export function createApp(config: DeploymentConfig, outdir?: string): { app: App; stack: Stack } {
  const app = new App({ context: recommendedFlags, ...(outdir && { outdir }) })
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

    const network = new Network(this, 'Network', config)
    const servers = {
      ...stores,
      network,
      image: serverImage(),
      adminToken: EcsSecret.fromSecretsManager(adminToken as ISecret),
    }
    new Endpoint(this, 'Endpoint', { ...servers, config: config.endpoint })
    new Dashboard(this, 'Dashboard', { ...servers, config: config.dashboard })

    new Redriver(this, 'Redriver', stores)
    new Consumer(this, 'Aggregator', {
      ...stores,
      name: 'aggregator',
      config: config.aggregator,
      windowSetting: 'RETRACE_AGGREGATOR_WINDOW_MS',
      environment: {
        RETRACE_BREAKDOWN_DELAY_MS: String(config.aggregator.breakdownDelaySeconds * 1000),
        RETRACE_AGGREGATOR_SAVE_INTERVAL_MS: String(config.aggregator.saveIntervalSeconds * 1000),
      },
      ownTables: ['cells', 'ledger'],
      reads: ['cuts'],
      goesByRules: true,
      keeps: [],
      settlesEvery: Duration.minutes(1),
    })
    new Consumer(this, 'Archiver', {
      ...stores,
      name: 'archiver',
      config: config.archiver,
      windowSetting: 'RETRACE_ARCHIVER_WINDOW_MS',
      ownTables: ['archive', 'ledger'],
      reads: [],
      keeps: ['archive'],
    })
    new Compactor(this, 'Compactor', stores)
    new Consumer(this, 'AnomalyDetector', {
      ...stores,
      name: 'anomaly-detector',
      config: config.anomalyDetector,
      windowSetting: 'RETRACE_ANOMALY_DETECTOR_WINDOW_MS',
      ownTables: ['minutes', 'alerts'],
      reads: [],
      keeps: [],
    })

    new CfnOutput(this, 'Origin', { value: network.origin, description: 'Dashboard, snippet and endpoint' })
    new CfnOutput(this, 'AdminTokenSecret', { value: adminToken.secretArn, description: 'Holds the sign-in token' })
  }
}

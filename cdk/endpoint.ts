import { Stack } from 'aws-cdk-lib'
import { Stats } from 'aws-cdk-lib/aws-cloudwatch'
import type { ContainerImage, Secret as EcsSecret } from 'aws-cdk-lib/aws-ecs'
import type { Construct } from 'constructs'
import { pipelineSite } from '../stream/tables.ts'
import { oneMinute } from './alarms.ts'
import type { ServiceConfig } from './config.ts'
import type { Stores } from './consumers.ts'
import type { SettingName } from './environment.ts'
import type { Network } from './network.ts'
import { ownMetric } from './own-metrics.ts'
import { WebService } from './web-service.ts'

export type ServerProps = Stores & {
  network: Network
  image: ContainerImage
  config: ServiceConfig
  adminToken: EcsSecret
  /** Where there is a distribution of CloudFront, what it proves itself with. */
  edgeKey: EcsSecret | undefined
}

/** The ingestion endpoint: it may put into the stream, and read nothing back from it. */
export class Endpoint extends WebService {
  /** What its metrics come from. */
  readonly metricSource: { Service: string }

  constructor(scope: Construct, id: string, props: ServerProps) {
    const Service = `${Stack.of(scope).stackName}-endpoint`
    super(scope, id, {
      network: props.network,
      image: props.image,
      main: 'ingest/main.ts',
      port: { setting: 'RETRACE_INGEST_PORT', number: 8080 },
      // Health and metrics stay inside: only the load balancer and the task itself ask for them.
      paths: ['/v1/*', '/retrace.*', '/retrace-more.js', '/retrace-map.js'],
      priority: 10,
      readinessPath: '/readyz',
      livenessPath: '/healthz',
      config: props.config,
      // Half a minute of ECS's patience before SIGKILL leaves room for it.
      environment: { RETRACE_DRAIN_MS: '15000', RETRACE_METRICS_SERVICE: Service },
      inFlight: ownMetric({ Service }, 'InFlightBytes', { statistic: Stats.AVERAGE, period: oneMinute }),
      secrets: secretsOf(props),
    })
    this.metricSource = { Service }
    props.stream.grantPut(this)
    props.storage.grantPut(this, 'overflow')
    props.storage.grantList(this)
    props.tables.grantRead(this, ['sites'])
    props.tables.grantLookUpAndPut(this, 'salts')
    props.tables.grantLookUpAndUpdate(this, 'imports')
    // What it rejected, for who watches the pipeline.
    props.tables.grantPutRows(this, 'minutes', [pipelineSite])
  }
}

export function secretsOf({ adminToken, edgeKey }: ServerProps): Partial<Record<SettingName, EcsSecret>> {
  return { RETRACE_ADMIN_TOKEN: adminToken, ...(edgeKey && { RETRACE_EDGE_KEY: edgeKey }) }
}

import { CfnOutput } from 'aws-cdk-lib'
import { type ContainerImage, Secret as EcsSecret } from 'aws-cdk-lib/aws-ecs'
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager'
import type { Construct } from 'constructs'
import { CloudFront } from './cloudfront.ts'
import { cloudFrontOf, type DeploymentConfig } from './config.ts'
import type { Stores } from './consumers.ts'
import { Dashboard } from './dashboard.ts'
import { Endpoint } from './endpoint.ts'
import { accept } from './good-practice.ts'
import { announceMessages } from './messages.ts'
import { Network } from './network.ts'
import { Replay } from './replay.ts'

export type ServersProps = Stores & {
  config: DeploymentConfig
  image: ContainerImage
  adminToken: EcsSecret
  /** Where pages reach the endpoint, if not by the same door as the dashboard. */
  endpointUrl: string | undefined
}

/** What runs our processes on Fargate (`servers: 'fargate'`): the network, endpoint and dashboard behind one door, replays. */
export type Servers = {
  /** None where it is a function. */
  endpoint: Endpoint | undefined
  replay: Replay
  /** Scheme and host that pages and people use. */
  origin: string
}

export function addServers(scope: Construct, { config, adminToken, endpointUrl, ...given }: ServersProps): Servers {
  const network = new Network(scope, 'Network', config)
  const { origin, edgeKey } = door(scope, config, network)
  const common = { ...given, network, edgeKey }
  const endpoint =
    config.endpointHost === 'fargate'
      ? new Endpoint(scope, 'Endpoint', { ...common, adminToken, config: config.endpoint })
      : undefined
  const dashboard = new Dashboard(scope, 'Dashboard', { ...common, adminToken, config: config.dashboard })
  announceMessages(dashboard, config)
  if (endpointUrl !== undefined) dashboard.addEnvironment('RETRACE_ENDPOINT_URL', endpointUrl)
  const replay = new Replay(scope, 'Replay', { ...common, config: config.replay })
  return { endpoint, replay, origin }
}

/** The way in: the load balancer itself, or CloudFront in front of it. */
function door(
  scope: Construct,
  config: DeploymentConfig,
  { balancer, origin }: Network,
): { origin: string; edgeKey: EcsSecret | undefined } {
  const asked = cloudFrontOf(config)
  if (asked === undefined) return { origin, edgeKey: undefined }
  const edgeKey = new Secret(scope, 'EdgeKey', {
    description: 'Retrace: what CloudFront proves itself with to endpoint and dashboard',
    generateSecretString: { passwordLength: 43, excludePunctuation: true },
  })
  accept(edgeKey, 'SMG4', 'CloudFront learns it when the stack is deployed: a new one there needs a deployment anyhow.')
  const { target } = new CloudFront(scope, 'CloudFront', { ...asked, balancer, edgeKey: edgeKey as ISecret })
  new CfnOutput(scope, 'CloudFrontTarget', { value: target, description: `What ${asked.domain} has to be a CNAME of` })
  return { origin: `https://${asked.domain}`, edgeKey: EcsSecret.fromSecretsManager(edgeKey as ISecret) }
}

import type { ContainerImage, Secret as EcsSecret } from 'aws-cdk-lib/aws-ecs'
import type { Construct } from 'constructs'
import type { DeploymentConfig } from './config.ts'
import type { Stores } from './consumers.ts'
import { Dashboard } from './dashboard.ts'
import { Endpoint } from './endpoint.ts'
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
  const common = { ...given, network }
  const endpoint =
    config.endpointHost === 'fargate'
      ? new Endpoint(scope, 'Endpoint', { ...common, adminToken, config: config.endpoint })
      : undefined
  const dashboard = new Dashboard(scope, 'Dashboard', { ...common, adminToken, config: config.dashboard })
  if (endpointUrl !== undefined) dashboard.addEnvironment('RETRACE_ENDPOINT_URL', endpointUrl)
  const replay = new Replay(scope, 'Replay', { ...common, config: config.replay })
  return { endpoint, replay, origin: network.origin }
}

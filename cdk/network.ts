import { Annotations } from 'aws-cdk-lib'
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager'
import { GatewayVpcEndpointAwsService, type IVpc, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2'
import { Cluster, type ICluster } from 'aws-cdk-lib/aws-ecs'
import {
  type ApplicationListener,
  ApplicationLoadBalancer,
  ApplicationProtocol,
  type IApplicationLoadBalancer,
  ListenerAction,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import { Construct } from 'constructs'
import type { DeploymentConfig } from './config.ts'
import { Firewall } from './firewall.ts'
import { accept } from './good-practice.ts'

/** The network, and the one door into it: a load balancer that endpoint and dashboard share by path. */
export class Network extends Construct {
  readonly cluster: ICluster
  readonly listener: ApplicationListener
  readonly balancer: IApplicationLoadBalancer
  /** Scheme and host that pages and people use. */
  readonly origin: string

  constructor(scope: Construct, id: string, config: DeploymentConfig) {
    super(scope, id)
    // The casts here: the library's own classes miss its interfaces under exactOptionalPropertyTypes.
    // Tasks have public addresses and closed security groups: a NAT gateway would cost more than the tasks.
    const vpc = new Vpc(this, 'Vpc', {
      maxAzs: 2,
      natGateways: 0,
      subnetConfiguration: [{ name: 'public', subnetType: SubnetType.PUBLIC }],
      // Nothing uses the default group, and closing it would take a helper function.
      restrictDefaultSecurityGroup: false,
      gatewayEndpoints: {
        S3: { service: GatewayVpcEndpointAwsService.S3 },
        DynamoDb: { service: GatewayVpcEndpointAwsService.DYNAMODB },
      },
    }) as IVpc
    this.cluster = new Cluster(this, 'Cluster', { vpc }) as ICluster

    accept(
      this,
      'VPC7',
      'Flow logs would keep the addresses of visitors, which nothing here may (docs/decisions/0004).',
    )
    accept(this, 'ECS4', 'CPU, memory and counts of tasks come with ECS; what goes by more is in monitoring.ts.')
    const balancer = new ApplicationLoadBalancer(this, 'LoadBalancer', {
      vpc,
      internetFacing: true,
      dropInvalidHeaderFields: true,
    })
    this.balancer = balancer
    accept(balancer, 'ELB2', 'Access logs would keep the addresses of visitors (docs/decisions/0004).')
    accept(balancer, 'EC23', 'Pages of any visitor post to it.')
    const { certificateArn, requestsPerAddress: requestsInFiveMinutes } = config
    if (requestsInFiveMinutes !== undefined)
      new Firewall(this, 'Firewall', { loadBalancerArn: balancer.loadBalancerArn, requestsInFiveMinutes })
    const notFound = ListenerAction.fixedResponse(404)
    if (certificateArn === undefined) {
      this.listener = balancer.addListener('Http', { port: 80, defaultAction: notFound })
      Annotations.of(this).addWarningV2(
        'retrace:plain-http',
        'Without certificateArn (cdk/config.ts) events and the sign-in token travel unencrypted: set it for anything but a trial.',
      )
    } else {
      this.listener = balancer.addListener('Https', {
        port: 443,
        protocol: ApplicationProtocol.HTTPS,
        certificates: [Certificate.fromCertificateArn(this, 'Certificate', certificateArn)],
        defaultAction: notFound,
      })
      balancer.addRedirect()
    }
    this.origin = `${certificateArn === undefined ? 'http' : 'https'}://${balancer.loadBalancerDnsName}`
  }
}

import { Duration } from 'aws-cdk-lib'
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch'
import {
  type ContainerDefinition,
  type ContainerImage,
  type Secret as EcsSecret,
  FargateService,
} from 'aws-cdk-lib/aws-ecs'
import {
  ApplicationProtocol,
  type ApplicationTargetGroup,
  ListenerCondition,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import type { IGrantable, IPrincipal } from 'aws-cdk-lib/aws-iam'
import { Construct } from 'constructs'
import type { ServiceConfig } from './config.ts'
import type { Environment, SettingName } from './environment.ts'
import type { Network } from './network.ts'
import { serverTask } from './server-task.ts'

export type WebServiceProps = {
  network: Network
  image: ContainerImage
  /** The process, such as `ingest/main.ts`. */
  main: string
  /** The setting that says which port it listens on, and the port. */
  port: { setting: SettingName; number: number }
  /** Paths that the load balancer sends here, and their rank among the services' rules (lower first). */
  paths: string[]
  priority: number
  /** Asked by the load balancer: whether this task should get requests. */
  readinessPath: string
  /** Asked inside the task: whether the process is alive. A failure replaces the task. */
  livenessPath: string
  config: ServiceConfig
  /** Bytes that wait in a task, if it tells them. */
  inFlight?: IMetric
  environment: Environment
  secrets: Partial<Record<SettingName, EcsSecret>>
  /** Folder of the image that it may write to (server-task.ts). */
  writable?: string
}

/** Half of what a core was seen to take (docs/measurements.md: 16,300 a second, every request stored). */
const requestsPerCoreAndMinute = 60 * 8000

/** A quarter of what may wait in a task (RETRACE_MAX_IN_FLIGHT_BYTES). */
const inFlightBytesPerTask = 16 * 1024 * 1024

/** One of our server processes as a Fargate service on ARM behind the shared load balancer. */
export class WebService extends Construct implements IGrantable {
  readonly grantPrincipal: IPrincipal
  /** Where the load balancer counts what this service answers. */
  readonly targets: ApplicationTargetGroup
  readonly #container: ContainerDefinition

  constructor(scope: Construct, id: string, props: WebServiceProps) {
    super(scope, id)
    const { config, network, port } = props
    const fixed: Environment = {
      RETRACE_HOST: '0.0.0.0',
      // The load balancer stands in the VPC's own address range.
      RETRACE_TRUSTED_PROXIES: 'uniquelocal',
      [port.setting]: String(port.number),
    }
    const { task, container } = serverTask(this, {
      image: props.image,
      main: props.main,
      config,
      environment: { ...fixed, ...props.environment },
      secrets: props.secrets,
      portMappings: [{ containerPort: port.number }],
      healthCheck: { command: ['CMD', 'node', '-e', livenessProbe(port.number, props.livenessPath)] },
      logPrefix: id.toLowerCase(),
      ...(props.writable !== undefined && { writable: props.writable }),
    })
    this.grantPrincipal = task.taskRole
    this.#container = container

    const service = new FargateService(this, 'Service', {
      cluster: network.cluster,
      taskDefinition: task,
      desiredCount: config.minTasks,
      assignPublicIp: true,
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      circuitBreaker: { rollback: true },
    })
    this.targets = network.listener.addTargets(id, {
      port: port.number,
      protocol: ApplicationProtocol.HTTP,
      priority: props.priority,
      conditions: [ListenerCondition.pathPatterns(props.paths)],
      targets: [service],
      // Shorter than the default 5 minutes: requests here end within seconds.
      deregistrationDelay: Duration.seconds(20),
      healthCheck: {
        path: props.readinessPath,
        interval: Duration.seconds(10),
        timeout: Duration.seconds(5),
        healthyThresholdCount: 2,
        unhealthyThresholdCount: 3,
      },
    })
    if (config.maxTasks > config.minTasks) {
      const scaling = service.autoScaleTaskCount({ minCapacity: config.minTasks, maxCapacity: config.maxTasks })
      scaling.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 60 })
      // Counted at the door, so more tasks come before these are busy with what they have taken.
      scaling.scaleOnRequestCount('Requests', {
        targetGroup: this.targets,
        requestsPerTarget: Math.floor((requestsPerCoreAndMinute * config.cpu) / 1024),
      })
      // What waits for a slow Kinesis takes no processor, and past its bound requests are refused.
      if (props.inFlight)
        scaling.scaleToTrackCustomMetric('InFlight', { metric: props.inFlight, targetValue: inFlightBytesPerTask })
    }
  }

  addEnvironment(name: SettingName, value: string): void {
    this.#container.addEnvironment(name, value)
  }
}

/** Node alone, because the image has no curl. */
function livenessProbe(port: number, path: string): string {
  return `fetch('http://127.0.0.1:${port}${path}').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))`
}

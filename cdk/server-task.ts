import {
  type ContainerDefinition,
  type ContainerDefinitionOptions,
  CpuArchitecture,
  FargateTaskDefinition,
  LogDrivers,
  OperatingSystemFamily,
} from 'aws-cdk-lib/aws-ecs'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import type { TaskConfig } from './config.ts'
import type { Environment } from './environment.ts'
import { accept } from './good-practice.ts'

type Container = Pick<ContainerDefinitionOptions, 'image' | 'portMappings' | 'secrets' | 'healthCheck'>

export type ServerTaskProps = Container & {
  /** The process, such as `ingest/main.ts`. */
  main: string
  nodeOptions?: readonly string[]
  config: TaskConfig
  environment: Environment
  /** What its log streams begin with. */
  logPrefix: string
  /** Folder of the image that it may write to, and that is empty when it starts; none: it keeps nothing on disk. */
  writable?: string
}

/** One of our processes as a Fargate task on ARM, from the image that all of them share. */
export function serverTask(
  scope: Construct,
  { main, nodeOptions = [], config, environment, logPrefix, writable, ...container }: ServerTaskProps,
): { task: FargateTaskDefinition; container: ContainerDefinition } {
  const task = new FargateTaskDefinition(scope, 'Task', {
    cpu: config.cpu,
    memoryLimitMiB: config.memoryMiB,
    runtimePlatform: { cpuArchitecture: CpuArchitecture.ARM64, operatingSystemFamily: OperatingSystemFamily.LINUX },
  })
  accept(
    task.obtainExecutionRole(),
    'IAM5[Resource::*]',
    'To ask for a login of the image store, AWS knows no narrower right.',
  )
  accept(task, 'ECS2', 'Names of tables, stream and bucket, and numbers; the token comes from Secrets Manager.')
  const server = task.addContainer('Server', {
    ...container,
    command: ['node', ...nodeOptions, main],
    environment,
    // Events are never kept on disk (DESIGN.md, D1), so nothing needs to be writable but what can be made again.
    readonlyRootFilesystem: true,
    logging: LogDrivers.awsLogs({
      streamPrefix: logPrefix,
      logGroup: new LogGroup(scope, 'Logs', { retention: RetentionDays.ONE_MONTH }),
    }),
  })
  if (writable !== undefined) {
    task.addVolume({ name: 'writable' })
    server.addMountPoints({ sourceVolume: 'writable', containerPath: writable, readOnly: false })
  }
  return { task, container: server }
}

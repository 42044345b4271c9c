import { Duration, Stack } from 'aws-cdk-lib'
import { SubnetType } from 'aws-cdk-lib/aws-ec2'
import type { CfnCluster, ContainerDefinition, ContainerImage, ITaskDefinition } from 'aws-cdk-lib/aws-ecs'
import { Match, Rule } from 'aws-cdk-lib/aws-events'
import { EcsTask } from 'aws-cdk-lib/aws-events-targets'
import type { IGrantable, IPrincipal } from 'aws-cdk-lib/aws-iam'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import { EventBridgeDestination } from 'aws-cdk-lib/aws-lambda-destinations'
import { Construct } from 'constructs'
import type { ReplayConfig } from './config.ts'
import type { Stores } from './consumers.ts'
import type { SettingName, Workload } from './environment.ts'
import { accept } from './good-practice.ts'
import { lambdaFunction } from './lambda-function.ts'
import type { Network } from './network.ts'
import { onSchedule } from './schedule.ts'
import { serverTask } from './server-task.ts'

export type ReplayProps = Stores & { network: Network; image: ContainerImage; config: ReplayConfig }

/**
 * Runs the replays that dashboards ask for, as `npm start` does, but nothing waits for them and is paid for meanwhile:
 *
 *     every minute ──▶ function: does one wait? ──answer names it──▶ EventBridge ──▶ Fargate task, until none waits
 *
 * A function may run for a quarter of an hour, a replay as long as it takes. A task that dies is called again.
 */
export class Replay extends Construct {
  /** What looks whether a replay waits. */
  readonly handler: IFunction

  constructor(scope: Construct, id: string, props: ReplayProps) {
    super(scope, id)
    const { network, tables } = props
    const caller = lambdaFunction(this, {
      description: 'Retrace: calls for a task when a replay waits',
      entry: 'consumers/replay/lambda.ts',
      memoryMiB: 256,
      timeout: Duration.seconds(30),
      reservedConcurrency: 1,
    })
    this.handler = caller
    onSchedule(this, caller, Duration.minutes(1))
    tables.grantReadWriteRows(caller, 'control', ['generation'])
    // What a function answered reaches the bus without a call of its own, and the function needs no right to start tasks.
    caller.configureAsyncInvoke({ onSuccess: new EventBridgeDestination(), retryAttempts: 0 })

    const runner = new ReplayTask(this, 'Runner', props)
    const cluster = Stack.of(this).getLogicalId(network.cluster.node.defaultChild as CfnCluster)
    const anyTask = `IAM5[Resource::arn:<AWS::Partition>:ecs:<AWS::Region>:*:task/<${cluster}>/*]`
    accept(runner, anyTask, 'The rule tags the tasks that it starts, whose names are made then.')
    new Rule(this, 'Called', {
      description: 'Starts a task for the replay that waits',
      eventPattern: {
        source: ['lambda'],
        detailType: ['Lambda Function Invocation Result - Success'],
        detail: {
          requestContext: { functionArn: [`${caller.functionArn}:$LATEST`] },
          responsePayload: { generation: Match.exists() },
        },
      },
      targets: [
        new EcsTask({
          cluster: network.cluster,
          taskDefinition: runner.definition,
          subnetSelection: { subnetType: SubnetType.PUBLIC },
          assignPublicIp: true,
          // Five minutes later it is called for again (consumers/replay/call-next.ts).
          retryAttempts: 2,
          maxEventAge: Duration.minutes(4),
        }),
      ],
    })
  }
}

/** Why: consumers/replay/node-options.ts. */
const nodeOptions = ['--single-threaded-gc', '--min-semi-space-size=64', '--max-semi-space-size=64']

/** The process that runs replays, and what it may touch. */
class ReplayTask extends Construct implements IGrantable, Workload {
  readonly grantPrincipal: IPrincipal
  readonly definition: ITaskDefinition
  readonly #container: ContainerDefinition

  constructor(scope: Construct, id: string, { image, config, stream, tables, storage }: ReplayProps) {
    super(scope, id)
    const { task, container } = serverTask(this, {
      image,
      main: 'consumers/replay/drain.ts',
      nodeOptions,
      config,
      environment: { RETRACE_REPLAY_WORKERS: String(config.workers) },
      logPrefix: 'replay',
    })
    this.grantPrincipal = task.taskRole
    this.definition = task as ITaskDefinition
    this.#container = container

    stream.grantReplay(this)
    for (const folder of ['archive', 'rules']) storage.grantRead(this, folder)
    storage.grantReadWrite(this, 'state/replay')
    storage.grantPut(this, 'replays')
    tables.grantRead(this, ['sites', 'archive', 'ledger', 'cells'])
    tables.grantPut(this, 'cells')
    tables.grantUpdate(this, 'revisions')
    tables.grantReadWriteRows(this, 'control', ['generation', 'cuts'])
    tables.grantReadRows(this, 'control', ['publications'])
    // How far those have come whose cut it waits for, and its own places.
    tables.grantReadRows(this, 'checkpoints', ['aggregator', 'archiver'])
    tables.grantRowsBeginning(this, 'checkpoints', 'replay/')
  }

  addEnvironment(name: SettingName, value: string): void {
    this.#container.addEnvironment(name, value)
  }
}

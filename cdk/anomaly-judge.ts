import { Duration } from 'aws-cdk-lib'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import type { DeploymentConfig } from './config.ts'
import type { Stores } from './consumers.ts'
import { lambdaFunction } from './lambda-function.ts'
import { grantMessages } from './messages.ts'
import { onSchedule } from './schedule.ts'

/** Makes incidents of what the anomaly detector counted, and tells those of them who asked: looks every minute, the shortest time that a schedule has. */
export class AnomalyJudge extends Construct {
  readonly handler: IFunction

  constructor(
    scope: Construct,
    id: string,
    { stream, tables, storage, config }: Stores & { config: Pick<DeploymentConfig, 'mailFrom' | 'alertTopics'> },
  ) {
    super(scope, id)
    const handler = lambdaFunction(this, {
      description: 'Retrace: anomaly judge',
      entry: 'consumers/anomaly-detector/judge/lambda.ts',
      // Five hundred sites are kept in memory (consumers/anomaly-detector/judge/judge.ts).
      memoryMiB: 1024,
      timeout: Duration.minutes(1),
      // More would do no harm, and nothing sooner.
      reservedConcurrency: 1,
    })
    this.handler = handler
    onSchedule(this, handler, Duration.minutes(1))
    // How far the detector is.
    stream.grantRead(handler)
    tables.grantReadRows(handler, 'checkpoints', ['anomaly-detector'])
    // The pipeline is watched as well.
    tables.grantRead(handler, ['sites', 'lag', 'ledger'])
    tables.grantReadWrite(handler, ['minutes', 'incidents'])
    // Who is told of them, and when.
    tables.grantReadRows(handler, 'control', ['webhook', 'alerting'])
    grantMessages(this, handler, config)
    storage.grantReadWrite(handler, 'state/anomaly-judge')
  }
}

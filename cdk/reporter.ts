import { Duration } from 'aws-cdk-lib'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import type { DeploymentConfig } from './config.ts'
import type { Stores } from './consumers.ts'
import { lambdaFunction } from './lambda-function.ts'
import { grantMessages } from './messages.ts'
import { onSchedule } from './schedule.ts'

/** Sends reports of weeks and months (docs/reports.md): looks every quarter of an hour, at figures alone. */
export class Reporter extends Construct {
  readonly handler: IFunction

  constructor(
    scope: Construct,
    id: string,
    { tables, config }: Pick<Stores, 'tables'> & { config: Pick<DeploymentConfig, 'mailFrom'> },
  ) {
    super(scope, id)
    const handler = lambdaFunction(this, {
      description: 'Retrace: reporter',
      entry: 'dashboard/mailed-reports/lambda.ts',
      // The cells of two months of a site are merged in it.
      memoryMiB: 1024,
      timeout: Duration.minutes(5),
      // More would do no harm, and nothing sooner.
      reservedConcurrency: 1,
    })
    this.handler = handler
    onSchedule(this, handler, Duration.minutes(15))
    tables.grantRead(handler, ['sites', 'cells', 'revisions'])
    // Who gets reports, and which figures are published.
    tables.grantReadRows(handler, 'control', ['webhook', 'generation', 'publications'])
    // Which incidents there were, and which reports were sent.
    tables.grantRead(handler, ['incidents'])
    tables.grantUpdate(handler, 'incidents')
    const { mailFrom } = config
    if (mailFrom !== undefined) grantMessages(this, handler, { mailFrom })
  }
}

import { Duration } from 'aws-cdk-lib'
import { type Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import type { Stores } from './consumers.ts'
import { lambdaFunction } from './lambda-function.ts'
import { ownMetric } from './own-metrics.ts'
import { onSchedule } from './schedule.ts'

const every = Duration.minutes(15)

/** Adds up what became of each event of an hour, some time after it: looks every quarter of an hour. */
export class LedgerWatch extends Construct {
  readonly handler: IFunction
  /** Events of the hour that nobody has accounted for (consumers/ledger-watch/lambda.ts). */
  readonly unaccounted: Metric

  constructor(scope: Construct, id: string, { tables }: Pick<Stores, 'tables'>) {
    super(scope, id)
    const handler = lambdaFunction(this, {
      description: 'Retrace: watches the ledger',
      entry: 'consumers/ledger-watch/lambda.ts',
      memoryMiB: 256,
      timeout: Duration.minutes(1),
      reservedConcurrency: 1,
    })
    this.handler = handler
    onSchedule(this, handler, every)
    tables.grantRead(handler, ['ledger'])
    this.unaccounted = ownMetric({ FunctionName: handler.functionName }, 'Unaccounted', {
      statistic: Stats.MAXIMUM,
      period: every,
      label: 'events unaccounted for',
    })
  }
}

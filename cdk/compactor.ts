import { Duration } from 'aws-cdk-lib'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import type { Stores } from './consumers.ts'
import { lambdaFunction } from './lambda-function.ts'
import { onSchedule } from './schedule.ts'

/** Merges what the archiver wrote in hours that are over: looks every quarter of an hour, one at a time. */
export class Compactor extends Construct {
  readonly handler: IFunction

  constructor(scope: Construct, id: string, { tables, storage }: Pick<Stores, 'tables' | 'storage'>) {
    super(scope, id)
    const handler = lambdaFunction(this, {
      description: 'Retrace: compactor',
      entry: 'consumers/compactor/lambda.ts',
      // A whole processor: a million rows take it half a minute.
      memoryMiB: 1769,
      timeout: Duration.minutes(14),
      reservedConcurrency: 1,
    })
    this.handler = handler
    onSchedule(this, handler, Duration.minutes(15))
    tables.grantReadWrite(handler, ['archive'])
    storage.grantReadWrite(handler, 'archive')
  }
}

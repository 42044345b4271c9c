import { Duration } from 'aws-cdk-lib'
import { Construct } from 'constructs'
import type { Stores } from './consumers.ts'
import { lambdaFunction } from './lambda-function.ts'
import { onSchedule } from './schedule.ts'

/** Merges what the archiver wrote in hours that are over: looks every quarter of an hour, one at a time. */
export class Compactor extends Construct {
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
    onSchedule(this, handler, Duration.minutes(15))
    tables.grantReadWrite(handler, ['archive'])
    storage.grantReadWrite(handler, 'archive')
  }
}

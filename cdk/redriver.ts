import { Duration } from 'aws-cdk-lib'
import { Rule, Schedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets'
import { Construct } from 'constructs'
import type { Stores } from './consumers.ts'
import { lambdaFunction } from './lambda-function.ts'

/** Puts the overflow back into the stream: looks every minute, one at a time, at a cent or two a month. */
export class Redriver extends Construct {
  constructor(scope: Construct, id: string, { stream, storage }: Pick<Stores, 'stream' | 'storage'>) {
    super(scope, id)
    const handler = lambdaFunction(this, {
      description: 'Retrace: redriver',
      entry: 'ingest/redriver/lambda.ts',
      memoryMiB: 512,
      timeout: Duration.seconds(55),
      reservedConcurrency: 1,
    })
    new Rule(this, 'Schedule', {
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaFunction(handler, { retryAttempts: 0 })],
    })
    stream.grantPut(handler)
    storage.grantTake(handler, 'overflow')
  }
}

import { Duration } from 'aws-cdk-lib'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import type { Stores } from './consumers.ts'
import { lambdaFunction } from './lambda-function.ts'
import { onSchedule } from './schedule.ts'

/** Puts the overflow back into the stream: looks every minute, one at a time, at a cent or two a month. */
export class Redriver extends Construct {
  readonly handler: IFunction

  constructor(scope: Construct, id: string, { stream, storage }: Pick<Stores, 'stream' | 'storage'>) {
    super(scope, id)
    const handler = lambdaFunction(this, {
      description: 'Retrace: redriver',
      entry: 'ingest/redriver/lambda.ts',
      memoryMiB: 512,
      timeout: Duration.seconds(55),
      reservedConcurrency: 1,
    })
    this.handler = handler
    onSchedule(this, handler, Duration.minutes(1))
    stream.grantPut(handler)
    storage.grantTake(handler, 'overflow')
  }
}

import { Duration } from 'aws-cdk-lib'
import { Construct } from 'constructs'
import type { Stores } from './consumers.ts'
import { lambdaFunction } from './lambda-function.ts'
import { onSchedule } from './schedule.ts'

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
    onSchedule(this, handler, Duration.minutes(1))
    stream.grantPut(handler)
    storage.grantTake(handler, 'overflow')
  }
}

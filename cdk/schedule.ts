import type { Duration } from 'aws-cdk-lib'
import { Rule, Schedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import type { Construct } from 'constructs'

/** Has a function look now and then whether there is work; one look that fails is made good by the next. */
export function onSchedule(scope: Construct, handler: IFunction, every: Duration): void {
  new Rule(scope, 'Schedule', {
    schedule: Schedule.rate(every),
    targets: [new LambdaFunction(handler, { retryAttempts: 0 })],
  })
}

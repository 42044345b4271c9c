import { Duration } from 'aws-cdk-lib'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import type { Stores } from './consumers.ts'
import { lambdaFunction } from './lambda-function.ts'
import { onSchedule } from './schedule.ts'

/** Erases what owners have asked for, and what is older than their sites keep it: looks every five minutes, one at a time, and goes on where the last look ended. */
export class Eraser extends Construct {
  readonly handler: IFunction

  constructor(scope: Construct, id: string, { stream, tables, storage }: Stores) {
    super(scope, id)
    const handler = lambdaFunction(this, {
      description: 'Retrace: eraser',
      entry: 'consumers/eraser/lambda.ts',
      // As the compactor: it writes the same objects, of up to a million rows.
      memoryMiB: 1769,
      timeout: Duration.minutes(14),
      reservedConcurrency: 1,
    })
    this.handler = handler
    onSchedule(this, handler, Duration.minutes(5))
    tables.grantReadWriteRows(handler, 'control', ['erasure', 'retention'])
    // What people wrote at a site's chart, and who was told of its incidents.
    tables.grantTakeRows(handler, 'control', ['note', 'segment', 'goal', 'funnel', 'webhook', 'alerting'])
    // How long each site keeps what it has.
    tables.grantRead(handler, ['sites'])
    tables.grantReadRows(handler, 'control', ['generation'])
    // Whether all that arrived before it was asked for is stored.
    tables.grantReadRows(handler, 'checkpoints', ['aggregator', 'archiver', 'anomaly-detector'])
    stream.grantReplay(handler)
    tables.grantReadWrite(handler, ['archive'])
    storage.grantReadWrite(handler, 'archive')
    storage.grantDeleteVersions(handler, 'archive')
    tables.grantRead(handler, ['cells', 'minutes', 'incidents', 'alerts', 'imports', 'revisions'])
    for (const name of ['cells', 'minutes', 'incidents', 'alerts', 'imports', 'revisions'] as const)
      tables.grantDelete(handler, name)
    // Days that are older than a site keeps them have changed.
    tables.grantUpdate(handler, 'revisions')
    // A site's part of reports is taken out.
    storage.grantRead(handler, 'replays')
    storage.grantPut(handler, 'replays')
    // What the judge of anomalies knows of a site.
    storage.grantTake(handler, 'state/anomaly-judge')
  }
}

import { Duration } from 'aws-cdk-lib'
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import { Construct } from 'constructs'

export type AlarmProps = {
  /** In a sentence: what is so when it rings. */
  means: string
  /** The heading of its entry in docs/runbook.md, as in a link to it. */
  runbook: string
  metric: IMetric
  /** It rings above this, in the metric's unit. */
  above: number
  /** So many of the last `of` periods of the metric. */
  periods: number
  of: number
}

/** Everything that rings, to one topic; each alarm says where to read on. */
export class Alarms extends Construct {
  readonly all: Alarm[] = []
  readonly #action: SnsAction

  /** @param email told of each ring and of its end; none: whoever subscribes to the topic */
  constructor(scope: Construct, id: string, email: string | undefined) {
    super(scope, id)
    const topic = new Topic(this, 'Topic', { displayName: 'Retrace alarms', enforceSSL: true })
    if (email !== undefined) topic.addSubscription(new EmailSubscription(email))
    this.#action = new SnsAction(topic)
  }

  add(id: string, { means, runbook, metric, above, periods, of }: AlarmProps): void {
    const alarm = new Alarm(this, id, {
      alarmDescription: `${means} See docs/runbook.md#${runbook}`,
      metric,
      threshold: above,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: of,
      datapointsToAlarm: periods,
      // All of them count what goes wrong: where nothing was counted, nothing did.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    })
    alarm.addAlarmAction(this.#action)
    alarm.addOkAction(this.#action)
    this.all.push(alarm)
  }
}

export const oneMinute = Duration.minutes(1)
export const fiveMinutes = Duration.minutes(5)

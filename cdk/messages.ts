import { Stack } from 'aws-cdk-lib'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import type { DeploymentConfig } from './config.ts'
import type { Workload } from './environment.ts'

type MessagesConfig = Pick<DeploymentConfig, 'mailFrom' | 'alertTopics'>

/** Mails through SES from the one address, and messages to the topics that are named: what is told, and nothing else. */
export function grantMessages(scope: Construct, workload: Workload, config: MessagesConfig): void {
  announceMessages(workload, config)
  const { mailFrom, alertTopics } = config
  const { partition, region, account } = Stack.of(scope)
  if (mailFrom !== undefined) {
    const address = addressIn(mailFrom)
    const identities = [address, address.slice(address.indexOf('@') + 1)]
    workload.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({
        // A mail that is written as a whole is asked for under either name.
        actions: ['ses:SendEmail', 'ses:SendRawEmail'],
        // Whichever of the two is verified.
        resources: identities.map((name) => `arn:${partition}:ses:${region}:${account}:identity/${name}`),
        conditions: { StringEquals: { 'ses:FromAddress': address } },
      }),
    )
  }
  if (alertTopics !== undefined)
    workload.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['sns:Publish'], resources: alertTopics.split(',') }),
    )
}

/** That there are mails and topics, for who offers them to owners and sends nothing. */
export function announceMessages(
  workload: Pick<Workload, 'addEnvironment'>,
  { mailFrom, alertTopics }: MessagesConfig,
): void {
  if (mailFrom !== undefined) {
    workload.addEnvironment('RETRACE_SMTP_URL', 'ses:')
    workload.addEnvironment('RETRACE_MAIL_FROM', mailFrom)
  }
  if (alertTopics !== undefined) workload.addEnvironment('RETRACE_ALERT_TOPICS', alertTopics)
}

/** @param from an address, or a name and an address in pointed brackets */
function addressIn(from: string): string {
  return (/<(.+)>$/.exec(from)?.[1] ?? from).trim()
}

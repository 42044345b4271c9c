import { type App, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import type { IConstruct } from 'constructs'

/** Nothing is synthesised that AWS's own list of good practice (cdk-nag, AWS Solutions) objects to, but for what is accepted below. */
export function checkGoodPractice(app: App): void {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
}

/**
 * Accepts a finding, for the construct and what is in it.
 *
 * @param finding as the check names it, such as `S1` or `IAM5[Resource::*]`
 * @param reason why it is right here
 */
export function accept(construct: IConstruct, finding: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: `AwsSolutions::AwsSolutions-${finding}`, reason })
}

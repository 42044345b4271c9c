import { CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2'
import { Construct } from 'constructs'

export type FirewallProps = {
  loadBalancerArn: string
  /** Requests of one address in five minutes; what comes above is answered with 429 until it is less. */
  requestsInFiveMinutes: number
}

/**
 * Turns away a flood from one address before it costs tasks and shards. The endpoint's own limit (ingest/rate-limit.ts)
 * is per task and per site; this one counts for all of them.
 */
export class Firewall extends Construct {
  constructor(scope: Construct, id: string, { loadBalancerArn, requestsInFiveMinutes }: FirewallProps) {
    super(scope, id)
    const acl = new CfnWebACL(this, 'Acl', {
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      visibilityConfig: measured('Requests'),
      rules: [
        {
          name: 'rate-of-one-address',
          priority: 0,
          statement: {
            rateBasedStatement: { aggregateKeyType: 'IP', limit: requestsInFiveMinutes, evaluationWindowSec: 300 },
          },
          // A browser that gets a 429 keeps its events and tries again; a 403 would make it give up.
          action: { block: { customResponse: { responseCode: 429 } } },
          visibilityConfig: measured('RateOfOneAddress'),
        },
      ],
    })
    new CfnWebACLAssociation(this, 'OfLoadBalancer', { resourceArn: loadBalancerArn, webAclArn: acl.attrArn })
  }
}

/** Counts alone: samples would hold the addresses of visitors. */
function measured(metricName: string): CfnWebACL.VisibilityConfigProperty {
  return { cloudWatchMetricsEnabled: true, metricName, sampledRequestsEnabled: false }
}

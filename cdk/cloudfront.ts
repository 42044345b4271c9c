import { Duration } from 'aws-cdk-lib'
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager'
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  HttpVersion,
  OriginProtocolPolicy,
  OriginRequestCookieBehavior,
  OriginRequestHeaderBehavior,
  OriginRequestPolicy,
  OriginRequestQueryStringBehavior,
  OriginSslPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront'
import { LoadBalancerV2Origin } from 'aws-cdk-lib/aws-cloudfront-origins'
import type { IApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2'
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager'
import { Construct } from 'constructs'
import type { CloudFrontConfig } from './config.ts'
import { accept } from './good-practice.ts'

export type CloudFrontProps = CloudFrontConfig & {
  balancer: IApplicationLoadBalancer
  /** What the servers know the distribution by. */
  edgeKey: ISecret
}

/** As in stream/edge.ts, which says what it is for. */
const edgeKeyHeader = 'x-retrace-edge'

/**
 * A distribution in front of the load balancer: one name for pages and people, answers from nearby for the browser
 * script, and the viewer's country. Everything else goes through it uncached.
 */
export class CloudFront extends Construct {
  /** What the name of `cloudFrontDomain` has to lead to. */
  readonly target: string

  constructor(scope: Construct, id: string, { domain, certificateArn, balancer, edgeKey }: CloudFrontProps) {
    super(scope, id)
    // With the viewer's Host, which is what the load balancer's certificate is for: its own name has none.
    const originRequestPolicy = new OriginRequestPolicy(this, 'Everything', {
      headerBehavior: OriginRequestHeaderBehavior.all(
        'CloudFront-Viewer-Address',
        'CloudFront-Viewer-Country',
        'CloudFront-Viewer-Country-Region',
      ),
      queryStringBehavior: OriginRequestQueryStringBehavior.all(),
      cookieBehavior: OriginRequestCookieBehavior.all(),
    })
    const origin = new LoadBalancerV2Origin(balancer, {
      protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
      originSslProtocols: [OriginSslPolicy.TLS_V1_2],
      // Live updates of the dashboard are silent for a while.
      readTimeout: Duration.seconds(60),
      // Resolved by CloudFormation when it deploys: the template names the secret alone.
      customHeaders: { [edgeKeyHeader]: edgeKey.secretValue.unsafeUnwrap() },
    })
    const common = { origin, originRequestPolicy }
    const uncached = { ...common, cachePolicy: CachePolicy.CACHING_DISABLED, allowedMethods: AllowedMethods.ALLOW_ALL }
    const distribution = new Distribution(this, 'Distribution', {
      comment: 'Retrace: pages and people',
      domainNames: [domain],
      certificate: Certificate.fromCertificateArn(this, 'Certificate', certificateArn),
      minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
      httpVersion: HttpVersion.HTTP2_AND_3,
      defaultBehavior: { ...uncached, viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS },
      additionalBehaviors: {
        '/v1/*': { ...uncached, viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY },
        // For as long as the endpoint says, in each encoding by itself.
        '/retrace*': {
          ...common,
          cachePolicy: CachePolicy.CACHING_OPTIMIZED,
          viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        },
      },
    })
    accept(distribution, 'CFR1', 'Pages are visited from everywhere.')
    accept(
      distribution,
      'CFR2',
      'A firewall costs more than all the rest; the endpoint limits addresses and sites itself.',
    )
    accept(distribution, 'CFR3', 'Access logs would keep the addresses of visitors (docs/decisions/0004).')
    this.target = distribution.distributionDomainName
  }
}

/** Endpoint and dashboard behind the load balancer: what they may do, and how they are reached. */
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkConfig, type DeploymentConfig, deployment } from '../cdk/config.ts'
import { edgeKeyHeader } from '../stream/edge.ts'
import { metricNamespace } from '../stream/embedded-metrics.ts'
import { settingDeclarations } from '../stream/settings.ts'
import { removeSynthesised, type SynthesisedStack, synthesise, synthesisedStack } from './support/synthesised-stack.ts'

let synthesised: SynthesisedStack
beforeAll(() => {
  synthesised = synthesisedStack()
}, 120_000)
afterAll(removeSynthesised)

describe('servers', () => {
  test('the endpoint can put records, but not read them', () => {
    const actions = synthesised.actionsOf('Endpoint')
    expect(actions).toContain('kinesis:PutRecords')
    expect(actions.filter((action) => /^kinesis:(Get|Subscribe)/.test(action))).toEqual([])
    expect(actions.filter((action) => action.startsWith('s3:Get'))).toEqual([])
  })

  test('the endpoint looks up salts and imports and adds to them, and can neither list nor take away any', () => {
    const statements = synthesised.statementsOf('EndpointTaskTaskRole')
    expect(synthesised.tablesIn(statements)).toEqual(['imports', 'minutes', 'salts', 'sites'])
    // What it rejected, of the pipeline alone.
    expect(synthesised.actionsOn('minutes', statements)).toEqual(['dynamodb:PutItem'])
    expect(synthesised.actionsOn('salts', statements)).toEqual(['dynamodb:GetItem', 'dynamodb:PutItem'])
    expect(synthesised.actionsOn('imports', statements)).toEqual(['dynamodb:GetItem', 'dynamodb:UpdateItem'])
  })

  test('the dashboard can write nothing but the sites, who may see them and which replays count, and delete cells', () => {
    const writes = synthesised
      .statementsOf('DashboardTaskTaskRole')
      .filter(({ Action }) => [Action].flat().some((action) => /:(Put|Update|Delete|BatchWrite)/.test(action)))
    expect(synthesised.tablesIn(writes)).toEqual(['access', 'cells', 'control', 'incidents', 'sites'])
    const others = synthesised.actionsOf('DashboardTaskTaskRole').filter((action) => !action.startsWith('dynamodb:'))
    expect([...new Set(others)].sort()).toEqual([
      'kinesis:DescribeStreamSummary',
      'kinesis:GetRecords',
      'kinesis:GetShardIterator',
      'kinesis:ListShards',
      's3:AbortMultipartUpload',
      's3:GetObject',
      's3:ListBucket',
      's3:PutObject',
    ])
    const puts = synthesised
      .statementsOf('DashboardTaskTaskRole')
      .filter(({ Action }) => [Action].flat().includes('s3:PutObject'))
    for (const { Resource } of puts) expect(JSON.stringify(Resource)).toContain('/rules/*')
    // Names of the whole bucket, and of what is in it no more than it reads.
    const gets = synthesised
      .statementsOf('DashboardTaskTaskRole')
      .filter(({ Action }) => [Action].flat().includes('s3:GetObject'))
    const folders = JSON.stringify(gets).match(/[a-z-]+(?=\/\*")/g)
    expect([...new Set(folders)].sort()).toEqual(['archive', 'overflow', 'quarantine', 'replays', 'rules'])
  })

  test('the load balancer asks the endpoint whether it is ready, and knows only its public paths', () => {
    synthesised.template.hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
      Port: 8080,
      HealthCheckPath: '/readyz',
    })
    synthesised.template.hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerRule', {
      Priority: 10,
      Conditions: [
        {
          Field: 'path-pattern',
          PathPatternConfig: { Values: ['/v1/*', '/retrace.*', '/retrace-more.js', '/retrace-map.js'] },
        },
      ],
    })
  })

  test('a flood from one address is turned away at the door where it is asked for, and no address is kept', () => {
    synthesised.template.resourceCountIs('AWS::WAFv2::WebACL', 0)
    const guarded = Template.fromStack(synthesise({ requestsPerAddress: 20_000 }).stack)
    guarded.hasResourceProperties('AWS::WAFv2::WebACL', {
      Scope: 'REGIONAL',
      DefaultAction: { Allow: {} },
      Rules: [
        Match.objectLike({
          Statement: { RateBasedStatement: { AggregateKeyType: 'IP', Limit: 20_000, EvaluationWindowSec: 300 } },
          Action: { Block: { CustomResponse: { ResponseCode: 429 } } },
          VisibilityConfig: Match.objectLike({ SampledRequestsEnabled: false }),
        }),
      ],
    })
    guarded.resourceCountIs('AWS::WAFv2::WebACLAssociation', 1)
  })

  test('more tasks come for CPU, for requests and for bytes that wait, as many as the size of one says', () => {
    const policies = synthesised.of('AWS::ApplicationAutoScaling::ScalingPolicy', 'Endpoint')
    const targets = policies.map(({ Properties }) => Properties.TargetTrackingScalingPolicyConfiguration)
    expect(targets).toEqual([
      expect.objectContaining({
        PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
        TargetValue: 60,
      }),
      expect.objectContaining({
        PredefinedMetricSpecification: expect.objectContaining({ PredefinedMetricType: 'ALBRequestCountPerTarget' }),
        TargetValue: 240_000,
      }),
      expect.objectContaining({
        CustomizedMetricSpecification: expect.objectContaining({
          Namespace: metricNamespace,
          MetricName: 'InFlightBytes',
          Dimensions: [{ Name: 'Service', Value: 'retrace-endpoint' }],
          Statistic: 'Average',
        }),
        // A quarter of what a task holds before it refuses.
        TargetValue: Number(settingDeclarations.RETRACE_MAX_IN_FLIGHT_BYTES.default) / 4,
      }),
    ])
  })

  test('run on ARM with a read-only disk, and get the token from the secret, never in clear', () => {
    for (const id of ['Endpoint', 'Dashboard']) {
      const task = synthesised.one('AWS::ECS::TaskDefinition', id)
      expect(task.Properties).toMatchObject({ RuntimePlatform: { CpuArchitecture: 'ARM64' } })
      const [container] = task.Properties.ContainerDefinitions as Record<string, { Name: string }[]>[]
      expect(container).toMatchObject({
        ReadonlyRootFilesystem: true,
        Secrets: [{ Name: 'RETRACE_ADMIN_TOKEN', ValueFrom: { Ref: expect.stringMatching(/^AdminToken/) } }],
      })
      expect(container?.Environment?.map(({ Name }) => Name)).not.toContain('RETRACE_ADMIN_TOKEN')
    }
  })

  test('the dashboard alone has a place to write to, for facts that it can make again', () => {
    const containerOf = (id: string) => {
      const { ContainerDefinitions } = synthesised.one('AWS::ECS::TaskDefinition', id).Properties
      const [container] = ContainerDefinitions as Record<string, unknown>[]
      return container
    }
    const path = '/var/lib/retrace'
    expect(containerOf('Dashboard')).toMatchObject({
      MountPoints: [{ ContainerPath: path, ReadOnly: false }],
      Environment: expect.arrayContaining([{ Name: 'RETRACE_FACTS_DIR', Value: path }]),
    })
    expect(containerOf('Endpoint')).not.toHaveProperty('MountPoints')
  })

  test('plain HTTP is warned of; with a certificate it only redirects', () => {
    const { stack } = synthesise({ certificateArn: 'arn:aws:acm:eu-west-1:111122223333:certificate/x' })
    const secured = Template.fromStack(stack)
    secured.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', { Port: 443, Protocol: 'HTTPS' })
    secured.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Port: 80,
      DefaultActions: [Match.objectLike({ Type: 'redirect' })],
    })
    Annotations.fromStack(stack).hasNoWarning('*', Match.stringLikeRegexp('unencrypted'))
    synthesised.annotations.hasWarning('*', Match.stringLikeRegexp('unencrypted'))
  })
})

describe('CloudFront', () => {
  const asked = {
    certificateArn: 'arn:aws:acm:eu-west-1:111122223333:certificate/x',
    cloudFrontDomain: 'clicks.example.org',
    cloudFrontCertificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/y',
  }
  type Behaviour = Record<'PathPattern' | 'CachePolicyId' | 'ViewerProtocolPolicy' | 'TargetOriginId', string>
  type Config = {
    Aliases: string[]
    CacheBehaviors: Behaviour[]
    DefaultCacheBehavior: Behaviour
    Origins: { CustomOriginConfig: object; OriginCustomHeaders: unknown }[]
    ViewerCertificate: object
  }
  let distributed: SynthesisedStack
  let config: Config
  beforeAll(() => {
    distributed = synthesisedStack(asked)
    config = distributed.one('AWS::CloudFront::Distribution', 'CloudFront').Properties.DistributionConfig as Config
  }, 60_000)

  test('is there when it is asked for, and not else', () => {
    synthesised.template.resourceCountIs('AWS::CloudFront::Distribution', 0)
    expect(config.Aliases).toEqual(['clicks.example.org'])
    const { Outputs } = distributed.template.toJSON()
    expect(Outputs.Origin.Value).toBe('https://clicks.example.org')
    expect(Outputs.CloudFrontTarget.Value['Fn::GetAtt'][1]).toBe('DomainName')
  })

  test('keeps the browser script, and nothing of what is posted or shown', () => {
    const managed = {
      disabled: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
      optimized: '658327ea-f89d-4fab-a63d-7e88639e58f6',
    }
    const cached = Object.fromEntries(
      [...config.CacheBehaviors, { ...config.DefaultCacheBehavior, PathPattern: '*' }].map((behaviour) => [
        behaviour.PathPattern,
        behaviour.CachePolicyId,
      ]),
    )
    expect(cached).toEqual({ '/v1/*': managed.disabled, '/retrace*': managed.optimized, '*': managed.disabled })
  })

  test('speaks TLS alone, to both sides', () => {
    expect(config.ViewerCertificate).toMatchObject({
      AcmCertificateArn: asked.cloudFrontCertificateArn,
      MinimumProtocolVersion: 'TLSv1.2_2021',
    })
    expect(config.Origins.map(({ CustomOriginConfig }) => CustomOriginConfig)).toEqual([
      expect.objectContaining({ OriginProtocolPolicy: 'https-only', OriginSSLProtocols: ['TLSv1.2'] }),
    ])
    for (const { ViewerProtocolPolicy } of [...config.CacheBehaviors, config.DefaultCacheBehavior])
      expect(ViewerProtocolPolicy).not.toBe('allow-all')
  })

  test("tells the viewer's country and address, and proves itself with a secret that no template shows", () => {
    distributed.template.hasResourceProperties('AWS::CloudFront::OriginRequestPolicy', {
      OriginRequestPolicyConfig: {
        HeadersConfig: {
          HeaderBehavior: 'allViewerAndWhitelistCloudFront',
          Headers: Match.arrayWith(['CloudFront-Viewer-Address', 'CloudFront-Viewer-Country']),
        },
      },
    })
    const header = JSON.stringify(config.Origins[0]?.OriginCustomHeaders)
    expect(header).toContain(edgeKeyHeader)
    expect(header).toMatch(/\{\{resolve:secretsmanager:",\{"Ref":"EdgeKey/)
    for (const id of ['Endpoint', 'Dashboard']) {
      const [container] = distributed.one('AWS::ECS::TaskDefinition', id).Properties.ContainerDefinitions as {
        Secrets: unknown[]
      }[]
      expect(container?.Secrets).toContainEqual({
        Name: 'RETRACE_EDGE_KEY',
        ValueFrom: { Ref: expect.stringMatching(/^EdgeKey/) },
      })
    }
  })

  test.each<[Partial<DeploymentConfig>, string]>([
    [{ cloudFrontCertificateArn: undefined }, 'cloudFrontDomain and cloudFrontCertificateArn go together.'],
    [{ cloudFrontDomain: 'https://x' }, 'cloudFrontDomain must be a name such as clicks.example.org.'],
    [
      { cloudFrontCertificateArn: asked.certificateArn },
      'cloudFrontCertificateArn must be the ARN of an ACM certificate in us-east-1.',
    ],
    [{ endpointHost: 'lambda' }, 'cloudFrontDomain needs the endpoint behind the load balancer'],
    [{ certificateArn: undefined }, 'cloudFrontDomain needs certificateArn'],
    [{ requestsPerAddress: 20_000 }, 'requestsPerAddress counts at the load balancer'],
  ] as [Partial<DeploymentConfig>, string][])('%j with it is refused in a sentence', (change, sentence) => {
    expect(() => checkConfig({ ...deployment, ...asked, ...change })).toThrow(sentence)
  })
})

test('servers that run elsewhere leave nothing of theirs in the stack, and what is in it is watched as before', () => {
  const template = Template.fromStack(synthesise({ servers: 'elsewhere' }).stack)
  const { Resources, Outputs } = template.toJSON() as Record<'Resources' | 'Outputs', Record<string, { Type: string }>>
  const types = new Set(Object.values(Resources).map(({ Type }) => Type.split('::')[1]))
  for (const service of ['ECS', 'EC2', 'ElasticLoadBalancingV2', 'ApplicationAutoScaling', 'WAFv2'])
    expect(types).not.toContain(service)
  expect(Object.keys(Outputs).sort()).toEqual([
    'AdminTokenSecret',
    expect.stringMatching(/^AthenaQuery/),
    'CommandSettings',
  ])
  const alarms = Object.keys(template.findResources('AWS::CloudWatch::Alarm'))
  expect(alarms.some((id) => id.includes('Overflow'))).toBe(true)
  expect(alarms.filter((id) => /Endpoint|Replay/.test(id))).toEqual([])

  const unwatched = Template.fromStack(synthesise({ servers: 'elsewhere', monitoring: false }).stack)
  for (const type of ['Alarm', 'Dashboard']) unwatched.resourceCountIs(`AWS::CloudWatch::${type}`, 0)
}, 60_000)

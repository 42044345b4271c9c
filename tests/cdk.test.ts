/** The stack as a whole: what keeps data, what code is told, and what a wrong configuration says. */
import { Match, Template } from 'aws-cdk-lib/assertions'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkConfig, type DeploymentConfig, deployment } from '../cdk/config.ts'
import { settingDeclarations } from '../stream/settings.ts'
import { type TableName, type TableShape, tables } from '../stream/tables.ts'
import { removeSynthesised, type SynthesisedStack, synthesise, synthesisedStack } from './support/synthesised-stack.ts'

let synthesised: SynthesisedStack
beforeAll(() => {
  synthesised = synthesisedStack()
}, 120_000)
afterAll(removeSynthesised)

test('every table of stream/tables.ts exists, with its keys, its expiry and recovery to any point in time', () => {
  synthesised.template.resourceCountIs('AWS::DynamoDB::Table', Object.keys(tables).length)
  for (const [name, shape] of Object.entries(tables) as [TableName, TableShape][]) {
    const keys = [
      { AttributeName: shape.partitionKey, KeyType: 'HASH' },
      ...(shape.sortKey ? [{ AttributeName: shape.sortKey, KeyType: 'RANGE' }] : []),
    ]
    synthesised.template.hasResourceProperties('AWS::DynamoDB::Table', {
      TableName: `retrace-${name}`,
      KeySchema: keys,
      BillingMode: 'PAY_PER_REQUEST',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      TimeToLiveSpecification: shape.expiresAt ? { AttributeName: shape.expiresAt, Enabled: true } : Match.absent(),
    })
  }
})

test('the stream scales by itself, is encrypted, and can be replayed for 7 days', () => {
  synthesised.template.hasResourceProperties('AWS::Kinesis::Stream', {
    StreamModeDetails: { StreamMode: 'ON_DEMAND' },
    RetentionPeriodHours: 7 * 24,
    StreamEncryption: { EncryptionType: 'KMS' },
  })
})

test('the bucket is private, versioned, and refuses what does not come over TLS', () => {
  synthesised.template.resourceCountIs('AWS::S3::Bucket', 1)
  synthesised.template.hasResourceProperties('AWS::S3::Bucket', {
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    },
    VersioningConfiguration: { Status: 'Enabled' },
  })
  synthesised.template.hasResourceProperties('AWS::S3::BucketPolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Effect: 'Deny',
          Action: 's3:*',
          Principal: { AWS: '*' },
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        }),
      ]),
    },
  })
})

test('every environment variable that is set is one that the code declares', () => {
  const names = [
    ...synthesised
      .of('AWS::Lambda::Function')
      .flatMap(({ Properties }) => Object.keys((Properties.Environment as { Variables: object }).Variables)),
    ...synthesised
      .of('AWS::ECS::TaskDefinition')
      .flatMap(({ Properties }) =>
        (Properties.ContainerDefinitions as { Environment: { Name: string }[] }[]).flatMap(({ Environment }) =>
          Environment.map(({ Name }) => Name),
        ),
      ),
  ]
  const declared = Object.keys(settingDeclarations)
  expect(names.filter((name) => name.startsWith('RETRACE_') && !declared.includes(name))).toEqual([])
})

test('nothing is traced unless a collector is named, and then the endpoint and each consumer', () => {
  expect(JSON.stringify(synthesised.template.toJSON())).not.toContain('OTEL_')
  const traced = synthesisedStack({ tracesEndpoint: 'https://collector.example', tracesShare: 0.05 })
  const variables = { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector.example', OTEL_TRACES_SAMPLER_ARG: '0.05' }
  for (const id of ['Aggregator', 'Archiver', 'AnomalyDetector'])
    expect(traced.one('AWS::Lambda::Function', id).Properties.Environment).toMatchObject({ Variables: variables })
  const [container] = traced.one('AWS::ECS::TaskDefinition', 'Endpoint').Properties.ContainerDefinitions as {
    Environment: unknown[]
  }[]
  for (const [Name, Value] of Object.entries(variables)) expect(container?.Environment).toContainEqual({ Name, Value })
})

test('data stays when the stack is deleted, unless the configuration says otherwise', () => {
  const stores = ['AWS::Kinesis::Stream', 'AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::SecretsManager::Secret']
  const disposable = Template.fromStack(synthesise({ removeDataOnDelete: true }).stack)
  for (const type of stores) {
    synthesised.template.allResources(type, { DeletionPolicy: 'Retain' })
    disposable.allResources(type, { DeletionPolicy: 'Delete' })
  }
})

describe('a wrong configuration is one clear sentence', () => {
  test.each<[Partial<DeploymentConfig>, string]>([
    [{ name: 'Re trace' }, 'name must be 1 to 30 lower-case letters, digits and dashes, and begin with a letter.'],
    [
      { stream: { ...deployment.stream, retentionDays: 400 } },
      'stream.retentionDays must be an integer from 1 to 365.',
    ],
    [{ endpoint: { ...deployment.endpoint, cpu: 300 } }, 'endpoint.cpu must be 256, 512, 1024, 2048 or 4096.'],
    [{ endpoint: { ...deployment.endpoint, maxTasks: 1 } }, 'endpoint.maxTasks must be an integer from 2 to 1000.'],
    [
      { endpointFunction: { ...deployment.endpointFunction, memoryMiB: 64 } },
      'endpointFunction.memoryMiB must be an integer from 128 to 10240.',
    ],
    [{ tracesEndpoint: 'collector:4318' }, 'tracesEndpoint must be the address of a collector'],
    [{ tracesShare: 2 }, 'tracesShare must be a number from 0 to 1.'],
    [{ endpointHost: 'ec2' as 'lambda' }, 'endpointHost must be fargate or lambda.'],
    [
      { archiver: { ...deployment.archiver, windowSeconds: 600 } },
      'archiver.windowSeconds must be an integer from 0 to 300.',
    ],
    [
      { stream: { ...deployment.stream, retentionDays: 1 } },
      'aggregator.maxRecordAgeHours must be an integer from 1 to 24.',
    ],
  ])('%j', (change, sentence) => {
    expect(() => checkConfig({ ...deployment, ...change })).toThrow(sentence)
    expect(() => synthesise(change)).toThrow(sentence)
  })
})

import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkConfig, type DeploymentConfig, deployment } from '../cdk/config.ts'
import { createApp } from '../cdk/stack.ts'
import { settingDeclarations } from '../stream/settings.ts'
import { type TableName, type TableShape, tables } from '../stream/tables.ts'

const run = promisify(execFile)

type Resource = { Type: string; Properties: Record<string, unknown>; DeletionPolicy?: string }
type Statement = { Effect: string; Action: string | string[]; Resource: unknown; Condition?: unknown }

let template: Template
let unsecured: Annotations
let resources: Record<string, Resource>
/** Synthesised into folders of our own, because the library leaves what it makes in the system's temporary one. */
const folder = mkdtempSync(join(tmpdir(), 'retrace-cdk-'))
const synthesise = (change: Partial<DeploymentConfig> = {}) =>
  createApp({ ...deployment, ...change }, mkdtempSync(join(folder, 'out-')))
let assembly: string

beforeAll(() => {
  const { app, stack } = synthesise()
  template = Template.fromStack(stack)
  resources = template.toJSON().Resources
  unsecured = Annotations.fromStack(stack)
  assembly = app.synth().directory
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('every table of stream/tables.ts exists, with its keys, its expiry and recovery to any point in time', () => {
  template.resourceCountIs('AWS::DynamoDB::Table', Object.keys(tables).length)
  for (const [name, shape] of Object.entries(tables) as [TableName, TableShape][]) {
    const keys = [
      { AttributeName: shape.partitionKey, KeyType: 'HASH' },
      ...(shape.sortKey ? [{ AttributeName: shape.sortKey, KeyType: 'RANGE' }] : []),
    ]
    template.hasResourceProperties('AWS::DynamoDB::Table', {
      TableName: `retrace-${name}`,
      KeySchema: keys,
      BillingMode: 'PAY_PER_REQUEST',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      TimeToLiveSpecification: shape.expiresAt ? { AttributeName: shape.expiresAt, Enabled: true } : Match.absent(),
    })
  }
})

test('the stream scales by itself, is encrypted, and can be replayed for 7 days', () => {
  template.hasResourceProperties('AWS::Kinesis::Stream', {
    StreamModeDetails: { StreamMode: 'ON_DEMAND' },
    RetentionPeriodHours: 7 * 24,
    StreamEncryption: { EncryptionType: 'KMS' },
  })
})

test('the bucket is private, versioned, and refuses what does not come over TLS', () => {
  template.resourceCountIs('AWS::S3::Bucket', 1)
  template.hasResourceProperties('AWS::S3::Bucket', {
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    },
    VersioningConfiguration: { Status: 'Enabled' },
  })
  template.hasResourceProperties('AWS::S3::BucketPolicy', {
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

describe('consumers', () => {
  const consumers = [
    { id: 'Aggregator', config: deployment.aggregator, own: ['cells', 'ledger'] },
    { id: 'Archiver', config: deployment.archiver, own: ['archive', 'ledger'] },
    { id: 'AnomalyDetector', config: deployment.anomalyDetector, own: ['minutes', 'alerts'] },
  ]

  test.each(consumers)(
    '$id reads the whole stream at its own pace and gives up in the bucket, not silently',
    (consumer) => {
      const mapping = one('AWS::Lambda::EventSourceMapping', consumer.id)
      expect(mapping.Properties).toMatchObject({
        StartingPosition: 'TRIM_HORIZON',
        BatchSize: consumer.config.batchSize,
        MaximumBatchingWindowInSeconds: consumer.config.windowSeconds,
        BisectBatchOnFunctionError: true,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        MaximumRetryAttempts: consumer.config.retryAttempts,
        MaximumRecordAgeInSeconds: consumer.config.maxRecordAgeHours * 3600,
        DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': [bucketId(), 'Arn'] } } },
      })
    },
  )

  test('there are three mappings, and the archiver waits longest for the largest batches', () => {
    template.resourceCountIs('AWS::Lambda::EventSourceMapping', 3)
    const { aggregator, archiver, anomalyDetector } = deployment
    for (const other of [aggregator, anomalyDetector]) {
      expect(archiver.windowSeconds).toBeGreaterThan(other.windowSeconds)
      expect(archiver.batchSize).toBeGreaterThan(other.batchSize)
    }
  })

  test.each(consumers)('$id can write its own tables, and of the shared ones its own rows alone', ({ id, own }) => {
    const writes = statementsOf(id).filter(({ Action }) => [Action].flat().includes('dynamodb:PutItem'))
    const unconditional = writes.filter(({ Condition }) => Condition === undefined)
    expect(tablesIn(unconditional)).toEqual([...own].sort())

    const shared = writes.filter(({ Condition }) => Condition !== undefined)
    expect(tablesIn(shared)).toEqual(['checkpoints', 'lag'])
    const consumer = id === 'AnomalyDetector' ? 'anomaly-detector' : id.toLowerCase()
    expect(shared.map(({ Condition }) => Condition)).toEqual([
      { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [consumer] } },
    ])
  })

  test.each(consumers)('$id knows how long its mapping gathers records', ({ id, config }) => {
    const { Environment } = one('AWS::Lambda::Function', id).Properties as { Environment: { Variables: object } }
    expect(Object.entries(Environment.Variables)).toContainEqual([
      expect.stringMatching(/^RETRACE_.+_WINDOW_MS$/),
      String(config.windowSeconds * 1000),
    ])
  })

  test.each(consumers)('$id cannot put events into the stream', ({ id }) => {
    expect(actionsOf(id).filter((action) => action.startsWith('kinesis:Put'))).toEqual([])
    expect(actionsOf(id)).toContain('kinesis:GetRecords')
  })

  test('handlers are bundled for Node 24 on ARM, each under a megabyte, and answer', async () => {
    for (const { id } of consumers) {
      const handler = one('AWS::Lambda::Function', id)
      expect(handler.Properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] })
      const { S3Key } = handler.Properties.Code as { S3Key: string }
      const bundle = join(assembly, `asset.${S3Key.replace('.zip', '')}`, 'index.mjs')
      expect(statSync(bundle).size).toBeLessThan(1_000_000)

      const call = `const { handler } = await import(${JSON.stringify(bundle)})
        console.log(JSON.stringify(await handler({ Records: [] })))
        process.exit()`
      const env = { AWS_REGION: 'eu-west-1' }
      const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', call], { env, cwd: assembly })
      expect(JSON.parse(stdout)).toEqual({ batchItemFailures: [] })
    }
  })
})

test('the redriver looks every minute, one at a time, and takes from the overflow alone', () => {
  template.hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(1 minute)' })
  expect(one('AWS::Lambda::Function', 'Redriver').Properties).toMatchObject({ ReservedConcurrentExecutions: 1 })
  expect(actionsOf('Redriver').sort()).toEqual(
    ['kinesis:ListShards', 'kinesis:PutRecords', 's3:DeleteObject', 's3:GetObject', 's3:ListBucket'].sort(),
  )
  const objects = statementsOf('Redriver').filter(({ Action }) => [Action].flat().includes('s3:DeleteObject'))
  expect(JSON.stringify(objects)).toContain('/overflow/*')
})

test('the compactor looks now and then, one at a time, and touches the archive alone', () => {
  template.hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(15 minutes)' })
  expect(one('AWS::Lambda::Function', 'Compactor').Properties).toMatchObject({ ReservedConcurrentExecutions: 1 })
  const statements = statementsOf('Compactor')
  expect(tablesIn(statements)).toEqual(['archive'])
  const objects = statements.filter(({ Action }) => [Action].flat().some((action) => /Object$/.test(action)))
  expect(objects.length).toBeGreaterThan(0)
  for (const statement of objects) expect(JSON.stringify(statement)).toContain('/archive/*')
})

describe('servers', () => {
  test('the endpoint can put records, but not read them', () => {
    const actions = actionsOf('Endpoint')
    expect(actions).toContain('kinesis:PutRecords')
    expect(actions.filter((action) => /^kinesis:(Get|Subscribe)/.test(action))).toEqual([])
    expect(actions.filter((action) => action.startsWith('s3:Get'))).toEqual([])
  })

  test('the dashboard can write nothing but the sites and which replays count, and delete cells', () => {
    const writes = statementsOf('DashboardTaskTaskRole').filter(({ Action }) =>
      [Action].flat().some((action) => /:(Put|Update|Delete|BatchWrite)/.test(action)),
    )
    expect(tablesIn(writes)).toEqual(['cells', 'control', 'sites'])
    expect(actionsOf('DashboardTaskTaskRole').filter((action) => !action.startsWith('dynamodb:'))).toEqual([
      's3:GetObject',
      's3:ListBucket',
    ])
  })

  test('the load balancer asks the endpoint whether it is ready, and knows only its public paths', () => {
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
      Port: 8080,
      HealthCheckPath: '/readyz',
    })
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::ListenerRule', {
      Priority: 10,
      Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/v1/*', '/retrace.js'] } }],
    })
  })

  test('run on ARM with a read-only disk, and get the token from the secret, never in clear', () => {
    for (const id of ['Endpoint', 'Dashboard']) {
      const task = one('AWS::ECS::TaskDefinition', id)
      expect(task.Properties).toMatchObject({ RuntimePlatform: { CpuArchitecture: 'ARM64' } })
      const [container] = task.Properties.ContainerDefinitions as Record<string, { Name: string }[]>[]
      expect(container).toMatchObject({
        ReadonlyRootFilesystem: true,
        Secrets: [{ Name: 'RETRACE_ADMIN_TOKEN', ValueFrom: { Ref: expect.stringMatching(/^AdminToken/) } }],
      })
      expect(container?.Environment?.map(({ Name }) => Name)).not.toContain('RETRACE_ADMIN_TOKEN')
    }
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
    unsecured.hasWarning('*', Match.stringLikeRegexp('unencrypted'))
  })
})

test('every environment variable that is set is one that the code declares', () => {
  const names = [
    ...of('AWS::Lambda::Function').flatMap(({ Properties }) =>
      Object.keys((Properties.Environment as { Variables: object }).Variables),
    ),
    ...of('AWS::ECS::TaskDefinition').flatMap(({ Properties }) =>
      (Properties.ContainerDefinitions as { Environment: { Name: string }[] }[]).flatMap(({ Environment }) =>
        Environment.map(({ Name }) => Name),
      ),
    ),
  ]
  const declared = Object.keys(settingDeclarations)
  expect(names.filter((name) => name.startsWith('RETRACE_') && !declared.includes(name))).toEqual([])
})

test('data stays when the stack is deleted, unless the configuration says otherwise', () => {
  const stores = ['AWS::Kinesis::Stream', 'AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::SecretsManager::Secret']
  const disposable = Template.fromStack(synthesise({ removeDataOnDelete: true }).stack)
  for (const type of stores) {
    template.allResources(type, { DeletionPolicy: 'Retain' })
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

/** Resources of a type, of one construct of the stack or of all. */
function of(type: string, construct = ''): Resource[] {
  return Object.entries(resources)
    .filter(([id, resource]) => resource.Type === type && id.startsWith(construct))
    .map(([, resource]) => resource)
}

function one(type: string, construct: string): Resource {
  const [resource, ...others] = of(type, construct)
  if (resource === undefined || others.length > 0) throw new Error(`not exactly one ${type} in ${construct}`)
  return resource
}

function bucketId(): string | undefined {
  return Object.keys(resources).find((id) => resources[id]?.Type === 'AWS::S3::Bucket')
}

function statementsOf(construct: string): Statement[] {
  return of('AWS::IAM::Policy', construct).flatMap(
    ({ Properties }) => (Properties.PolicyDocument as { Statement: Statement[] }).Statement,
  )
}

function actionsOf(construct: string): string[] {
  return statementsOf(construct).flatMap(({ Action }) => Action)
}

/** Names of the tables that statements are about, sorted. */
function tablesIn(statements: Statement[]): string[] {
  const ids = JSON.stringify(statements.map(({ Resource }) => Resource))
  return Object.entries(resources)
    .filter(([id, { Type }]) => Type === 'AWS::DynamoDB::Table' && ids.includes(`"${id}"`))
    .map(([, { Properties }]) => (Properties.TableName as string).replace('retrace-', ''))
    .sort()
}

/** The functions: what feeds them, what wakes them, and what each may touch. */
import { execFile } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deployment } from '../cdk/config.ts'
import { removeSynthesised, type SynthesisedStack, synthesisedStack } from './support/synthesised-stack.ts'

const run = promisify(execFile)

let synthesised: SynthesisedStack
beforeAll(() => {
  synthesised = synthesisedStack({}, 'bundled')
}, 240_000)
afterAll(removeSynthesised)

describe('consumers', () => {
  const consumers = [
    { id: 'Aggregator', config: deployment.aggregator, own: ['cells', 'revisions', 'ledger'] },
    { id: 'Archiver', config: deployment.archiver, own: ['archive', 'ledger'] },
    { id: 'AnomalyDetector', config: deployment.anomalyDetector, own: ['minutes'] },
  ]

  test.each(consumers)(
    '$id reads the whole stream at its own pace and gives up in the bucket, not silently',
    (consumer) => {
      const mapping = synthesised.one('AWS::Lambda::EventSourceMapping', consumer.id)
      expect(mapping.Properties).toMatchObject({
        StartingPosition: 'TRIM_HORIZON',
        BatchSize: consumer.config.batchSize,
        MaximumBatchingWindowInSeconds: consumer.config.windowSeconds,
        BisectBatchOnFunctionError: true,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        MaximumRetryAttempts: consumer.config.retryAttempts,
        MaximumRecordAgeInSeconds: consumer.config.maxRecordAgeHours * 3600,
        DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': [synthesised.bucketId(), 'Arn'] } } },
      })
    },
  )

  test('there are three mappings, and the archiver waits longest for the largest batches', () => {
    synthesised.template.resourceCountIs('AWS::Lambda::EventSourceMapping', 3)
    const { aggregator, archiver, anomalyDetector } = deployment
    for (const other of [aggregator, anomalyDetector]) {
      expect(archiver.windowSeconds).toBeGreaterThan(other.windowSeconds)
      expect(archiver.batchSize).toBeGreaterThan(other.batchSize)
    }
  })

  test.each(consumers)('$id can write its own tables, and of the shared ones its own rows alone', ({ id, own }) => {
    const writes = synthesised.statementsOf(id).filter(({ Action }) => [Action].flat().includes('dynamodb:PutItem'))
    const unconditional = writes.filter(({ Condition }) => Condition === undefined)
    expect(synthesised.tablesIn(unconditional)).toEqual([...own].sort())

    const shared = writes.filter(({ Condition }) => Condition !== undefined)
    expect(synthesised.tablesIn(shared)).toEqual(['checkpoints', 'lag'])
    const consumer = id === 'AnomalyDetector' ? 'anomaly-detector' : id.toLowerCase()
    expect(shared.map(({ Condition }) => Condition)).toEqual([
      { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [consumer] } },
    ])
  })

  test.each(consumers)('$id knows how long its mapping gathers records', ({ id, config }) => {
    const { Environment } = synthesised.one('AWS::Lambda::Function', id).Properties as {
      Environment: { Variables: object }
    }
    expect(Object.entries(Environment.Variables)).toContainEqual([
      expect.stringMatching(/^RETRACE_.+_WINDOW_MS$/),
      String(config.windowSeconds * 1000),
    ])
  })

  test.each(consumers)('$id cannot put events into the stream', ({ id }) => {
    expect(synthesised.actionsOf(id).filter((action) => action.startsWith('kinesis:Put'))).toEqual([])
    expect(synthesised.actionsOf(id)).toContain('kinesis:GetRecords')
  })

  test('handlers are bundled for Node 24 on ARM, each under a megabyte, and answer', async () => {
    for (const { id } of consumers) {
      const handler = synthesised.one('AWS::Lambda::Function', id)
      expect(handler.Properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] })
      const { S3Key } = handler.Properties.Code as { S3Key: string }
      const bundle = join(synthesised.assembly, `asset.${S3Key.replace('.zip', '')}`, 'index.mjs')
      expect(statSync(bundle).size).toBeLessThan(1_000_000)

      const call = `const { handler } = await import(${JSON.stringify(bundle)})
        console.log(JSON.stringify(await handler({ Records: [] })))
        process.exit()`
      const env = { AWS_REGION: 'eu-west-1' }
      const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', call], {
        env,
        cwd: synthesised.assembly,
      })
      expect(JSON.parse(stdout)).toEqual({ batchItemFailures: [] })
    }
  })
})

test('the aggregator asks every minute for shards that fell silent before they were saved', () => {
  const [rule, ...others] = synthesised.of('AWS::Events::Rule', 'Aggregator')
  expect(others).toEqual([])
  expect(rule?.Properties).toMatchObject({
    ScheduleExpression: 'rate(1 minute)',
    Targets: [{ Arn: { 'Fn::GetAtt': [expect.stringMatching(/^AggregatorFunction/), 'Arn'] } }],
  })
  expect(synthesised.actionsOf('Aggregator')).toContain('dynamodb:Query')
})

test('the archiver and the anomaly detector save every batch, and need no schedule', () => {
  expect(synthesised.of('AWS::Events::Rule', 'Archiver')).toEqual([])
  expect(synthesised.of('AWS::Events::Rule', 'AnomalyDetector')).toEqual([])
})

test('the redriver looks every minute, one at a time, and takes from the overflow alone', () => {
  expect(synthesised.one('AWS::Events::Rule', 'Redriver').Properties).toMatchObject({
    ScheduleExpression: 'rate(1 minute)',
  })
  expect(synthesised.one('AWS::Lambda::Function', 'Redriver').Properties).toMatchObject({
    ReservedConcurrentExecutions: 1,
  })
  expect(synthesised.actionsOf('Redriver').sort()).toEqual(
    [
      ...['kinesis:ListShards', 'kinesis:PutRecords', 's3:DeleteObject', 's3:GetObject', 's3:ListBucket'],
      ...['logs:CreateLogStream', 'logs:PutLogEvents'],
    ].sort(),
  )
  const objects = synthesised
    .statementsOf('Redriver')
    .filter(({ Action }) => [Action].flat().includes('s3:DeleteObject'))
  expect(JSON.stringify(objects)).toContain('/overflow/*')
})

test('the compactor looks now and then, one at a time, and touches the archive alone', () => {
  expect(synthesised.one('AWS::Events::Rule', 'Compactor').Properties).toMatchObject({
    ScheduleExpression: 'rate(15 minutes)',
  })
  expect(synthesised.one('AWS::Lambda::Function', 'Compactor').Properties).toMatchObject({
    ReservedConcurrentExecutions: 1,
  })
  const statements = synthesised.statementsOf('Compactor')
  expect(synthesised.tablesIn(statements)).toEqual(['archive'])
  const objects = statements.filter(({ Action }) => [Action].flat().some((action) => /Object$/.test(action)))
  expect(objects.length).toBeGreaterThan(0)
  for (const statement of objects) expect(JSON.stringify(statement)).toContain('/archive/*')
})

test("the anomalies' judge looks every minute, one at a time, and reads the stream without putting anything into it", () => {
  expect(synthesised.one('AWS::Events::Rule', 'AnomalyJudge').Properties).toMatchObject({
    ScheduleExpression: 'rate(1 minute)',
  })
  expect(synthesised.one('AWS::Lambda::Function', 'AnomalyJudge').Properties).toMatchObject({
    ReservedConcurrentExecutions: 1,
  })
  const statements = synthesised.statementsOf('AnomalyJudge')
  const may = (action: string) => statements.filter(({ Action }) => [Action].flat().includes(action))
  expect(synthesised.tablesIn(may('dynamodb:PutItem'))).toEqual(['incidents', 'minutes'])
  expect(synthesised.tablesIn(may('dynamodb:GetItem'))).toEqual([
    ...['checkpoints', 'control', 'incidents', 'lag', 'ledger', 'minutes', 'sites'],
  ])
  // Who is told, and when, is among what `control` holds, and all that it may read there.
  const ofControl = statements.filter((statement) => synthesised.tablesIn([statement]).includes('control'))
  expect(ofControl.map(({ Condition }) => Condition)).toEqual([
    { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['webhook', 'alerting'] } },
  ])
  expect(ofControl.flatMap(({ Action }) => Action)).not.toContain('dynamodb:PutItem')
  expect(synthesised.actionsOf('AnomalyJudge').filter((action) => action.startsWith('kinesis:Put'))).toEqual([])
  expect(synthesised.actionsOf('AnomalyJudge')).toContain('kinesis:GetRecords')
  for (const { Resource } of may('s3:PutObject')) expect(JSON.stringify(Resource)).toContain('/state/anomaly-judge/*')
})

test('whoever tells incidents may send mails from one address and publish to named topics; without them, neither', () => {
  const told = synthesisedStack({
    mailFrom: 'Retrace <alerts@example.org>',
    alertTopics: 'arn:aws:sns:eu-central-1:123456789012:incidents,arn:aws:sns:us-east-1:123456789012:ops.fifo',
  })
  const ofMessages = told.statementsOf('AnomalyJudge').filter(({ Action }) => /ses:|sns:/.test(String(Action)))
  expect(ofMessages).toMatchObject([
    {
      Action: ['ses:SendEmail', 'ses:SendRawEmail'],
      Condition: { StringEquals: { 'ses:FromAddress': 'alerts@example.org' } },
    },
    {
      Action: 'sns:Publish',
      Resource: ['arn:aws:sns:eu-central-1:123456789012:incidents', 'arn:aws:sns:us-east-1:123456789012:ops.fifo'],
    },
  ])
  expect(JSON.stringify(ofMessages[0]?.Resource)).toMatch(/identity\/alerts@example\.org.*identity\/example\.org"/)
  expect(JSON.stringify(told.one('AWS::Lambda::Function', 'AnomalyJudge'))).toContain('"RETRACE_SMTP_URL":"ses:"')
  // The dashboard offers them, and sends nothing.
  expect(JSON.stringify(told.of('AWS::ECS::TaskDefinition', 'Dashboard'))).toContain('RETRACE_ALERT_TOPICS')
  expect(told.actionsOf('Dashboard').filter((action) => /^(ses|sns):/.test(action))).toEqual([])
  expect(synthesised.actionsOf('AnomalyJudge').filter((action) => /^(ses|sns):/.test(action))).toEqual([])
})

test('the reporter looks every quarter of an hour, reads figures, and may only note what it sent', () => {
  const told = synthesisedStack({ mailFrom: 'alerts@example.org' })
  expect(told.one('AWS::Events::Rule', 'Reporter').Properties).toMatchObject({ ScheduleExpression: 'rate(15 minutes)' })
  const statements = told.statementsOf('Reporter')
  const may = (action: string) => told.tablesIn(statements.filter(({ Action }) => [Action].flat().includes(action)))
  expect(may('dynamodb:Query')).toEqual(['cells', 'control', 'incidents', 'revisions', 'sites'])
  expect(may('dynamodb:UpdateItem')).toEqual(['incidents'])
  const writes = told
    .actionsOf('Reporter')
    .filter((action) => /^(dynamodb:(Put|Delete|BatchW)|s3:|kinesis:|sns:)/.test(action))
  expect(writes).toEqual([])
  expect(told.actionsOf('Reporter')).toContain('ses:SendEmail')
  expect(synthesised.actionsOf('Reporter').filter((action) => action.startsWith('ses:'))).toEqual([])
})

test("the ledger's watch looks every quarter of an hour, and may read the ledger and nothing else", () => {
  expect(synthesised.one('AWS::Events::Rule', 'LedgerWatch').Properties).toMatchObject({
    ScheduleExpression: 'rate(15 minutes)',
  })
  const statements = synthesised.statementsOf('LedgerWatch')
  expect(synthesised.tablesIn(statements)).toEqual(['ledger'])
  const actions = synthesised.actionsOf('LedgerWatch').filter((action) => !action.startsWith('logs:'))
  expect(actions.filter((action) => !/^dynamodb:(GetItem|BatchGetItem|Query|Scan)$/.test(action))).toEqual([])
})

test('the eraser looks every five minutes, one at a time, and takes away more than it may put', () => {
  expect(synthesised.one('AWS::Events::Rule', 'Eraser').Properties).toMatchObject({
    ScheduleExpression: 'rate(5 minutes)',
  })
  expect(synthesised.one('AWS::Lambda::Function', 'Eraser').Properties).toMatchObject({
    ReservedConcurrentExecutions: 1,
  })
  const statements = synthesised.statementsOf('Eraser')
  const may = (action: string) => statements.filter(({ Action }) => [Action].flat().includes(action))
  const rowsOf = (action: string) =>
    may(action).flatMap(({ Condition }) => {
      const { 'ForAllValues:StringEquals': keys } = (Condition ?? {}) as Record<string, Record<string, string[]>>
      return keys?.['dynamodb:LeadingKeys'] ?? []
    })

  // Of the table that all share it writes its own rows; cells, counts and incidents it may only take away.
  expect(rowsOf('dynamodb:PutItem')).toEqual(['erasure', 'retention'])
  expect(rowsOf('dynamodb:DeleteItem')).toEqual([
    'erasure',
    'retention',
    'note',
    'segment',
    'goal',
    'funnel',
    'webhook',
    'alerting',
  ])
  expect(synthesised.tablesIn(may('dynamodb:PutItem'))).toEqual(['archive', 'control'])
  const deletes = ['alerts', 'archive', 'cells', 'control', 'imports', 'incidents', 'minutes', 'revisions']
  expect(synthesised.tablesIn(may('dynamodb:DeleteItem'))).toEqual(deletes)
  expect(synthesised.actionsOf('Eraser').filter((action) => action.startsWith('kinesis:Put'))).toEqual([])

  for (const action of ['s3:DeleteObject', 's3:DeleteObjectVersion'])
    for (const { Resource } of may(action))
      expect(JSON.stringify(Resource)).toMatch(/\/(archive|state\/anomaly-judge)\/\*/)
  expect(may('s3:DeleteObjectVersion')).toHaveLength(1)
  expect(may('s3:ListBucketVersions')).toHaveLength(1)
  const puts = may('s3:PutObject').map(({ Resource }) => JSON.stringify(Resource))
  for (const put of puts) expect(put).toMatch(/\/(archive|replays)\/\*/)
})

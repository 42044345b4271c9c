/** Replays in AWS: what starts the task that runs them, and who may touch what decides which figures count. */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { Match } from 'aws-cdk-lib/assertions'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deployment } from '../cdk/config.ts'
import { replayNodeOptions } from '../consumers/replay/node-options.ts'
import { settingDeclarations } from '../stream/settings.ts'
import { removeSynthesised, type SynthesisedStack, synthesise, synthesisedStack } from './support/synthesised-stack.ts'

type Condition = Record<string, Record<string, unknown>>

let synthesised: SynthesisedStack
beforeAll(() => {
  synthesised = synthesisedStack({}, 'bundled')
}, 240_000)
afterAll(removeSynthesised)

/** What a construct may do with a table, and with which of its rows. */
function rightsTo(construct: string, table: string): { actions: string[]; rows: unknown }[] {
  return synthesised
    .statementsOf(construct)
    .filter((statement) => synthesised.tablesIn([statement]).includes(table))
    .map(({ Action, Condition }) => ({
      actions: [Action]
        .flat()
        .map((action) => action.replace('dynamodb:', ''))
        .sort(),
      rows: Object.values((Condition as Condition | undefined) ?? {})[0]?.['dynamodb:LeadingKeys'],
    }))
}

const reads = ['BatchGetItem', 'GetItem', 'Query']
const writes = ['BatchWriteItem', 'DeleteItem', 'PutItem', 'UpdateItem']
const readsAndWrites = [...reads, ...writes].sort()
const runner = 'ReplayRunnerTaskTaskRole'

it('the dashboard may read cells and take them away, and put none', () => {
  expect(
    rightsTo('DashboardTaskTaskRole', 'cells')
      .flatMap(({ actions }) => actions)
      .sort(),
  ).toEqual([...reads, 'DeleteItem', 'Scan'].sort())
})

describe('the table control', () => {
  it('lets the aggregator read the cuts, and nothing more', () => {
    expect(rightsTo('Aggregator', 'control')).toEqual([{ actions: reads, rows: ['cuts'] }])
  })

  it('lets the dashboard decide what counts, what is erased, which rules hold from now on, what stands at charts, and who is told', () => {
    expect(rightsTo('DashboardTaskTaskRole', 'control')).toEqual([
      {
        actions: readsAndWrites,
        rows: [
          'generation',
          'publications',
          'erasure',
          'cuts',
          'note',
          'segment',
          'goal',
          'funnel',
          'webhook',
          'alerting',
        ],
      },
    ])
  })

  it.each(['Archiver', 'AnomalyDetector', 'Compactor', 'Redriver', 'Endpoint'])(
    'is none of the business of %s',
    (id) => {
      expect(rightsTo(id, 'control')).toEqual([])
    },
  )
})

describe('a replay that was asked for', () => {
  it('is looked for every minute by a function that may do no more than call for a task', () => {
    expect(synthesised.one('AWS::Events::Rule', 'ReplaySchedule').Properties).toMatchObject({
      ScheduleExpression: 'rate(1 minute)',
    })
    const handler = synthesised.one('AWS::Lambda::Function', 'Replay')
    expect(handler.Properties).toMatchObject({ ReservedConcurrentExecutions: 1, Runtime: 'nodejs24.x' })
    expect(rightsTo('ReplayRole', 'control')).toEqual([{ actions: readsAndWrites, rows: ['generation'] }])
    const others = synthesised.actionsOf('ReplayRole').filter((action) => !action.startsWith('dynamodb:'))
    expect(others).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents', 'events:PutEvents'])
    const { S3Key } = handler.Properties.Code as { S3Key: string }
    const bundle = join(synthesised.assembly, `asset.${S3Key.replace('.zip', '')}`, 'index.mjs')
    expect(statSync(bundle).size).toBeLessThan(1_000_000)
  })

  it('starts one task, by the answer of that function and no other', () => {
    const [functionId = ''] = Object.keys(synthesised.template.findResources('AWS::Lambda::Function')).filter((id) =>
      id.startsWith('Replay'),
    )
    synthesised.template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      FunctionName: { Ref: functionId },
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnSuccess: Match.anyValue() },
    })
    const called = synthesised.one('AWS::Events::Rule', 'ReplayCalled').Properties
    expect(called).toMatchObject({
      EventPattern: {
        source: ['lambda'],
        'detail-type': ['Lambda Function Invocation Result - Success'],
        detail: {
          requestContext: {
            functionArn: [{ 'Fn::Join': ['', [{ 'Fn::GetAtt': [functionId, 'Arn'] }, ':$LATEST']] }],
          },
          responsePayload: { generation: [{ exists: true }] },
        },
      },
      Targets: [{ EcsParameters: { LaunchType: 'FARGATE', TaskCount: 1 } }],
    })
    expect(synthesised.actionsOf('ReplayRunnerTaskEventsRole').sort()).toEqual([
      'ecs:RunTask',
      'ecs:TagResource',
      'iam:PassRole',
    ])
    // No service keeps a task running.
    expect(synthesised.of('AWS::ECS::Service', 'Replay')).toEqual([])
  })

  it('is run by the process of the image that ends when nothing waits, with as many threads as configured', () => {
    const { replay } = deployment
    const { Properties } = synthesised.one('AWS::ECS::TaskDefinition', 'Replay')
    expect(Properties).toMatchObject({ Cpu: String(replay.cpu), Memory: String(replay.memoryMiB) })
    const [container] = Properties.ContainerDefinitions as Record<string, unknown>[]
    const command = ['node', ...replayNodeOptions, 'consumers/replay/drain.ts']
    expect(container).toMatchObject({ Command: command, ReadonlyRootFilesystem: true })
    expect(container?.Environment).toContainEqual({ Name: 'RETRACE_REPLAY_WORKERS', Value: String(replay.workers) })
    expect(settingDeclarations.RETRACE_REPLAY_WORKERS.parse(String(replay.workers))).toBe(replay.workers)
  })

  it.each([
    [{ cpu: 300 }, 'replay.cpu must be 256, 512, 1024, 2048 or 4096.'],
    [{ memoryMiB: 1024 }, 'replay.memoryMiB must be an integer from 8192 to 30720.'],
    [{ workers: 0 }, 'replay.workers must be an integer from 1 to 64.'],
  ])('cannot be configured by %j', (change, sentence) => {
    expect(() => synthesise({ replay: { ...deployment.replay, ...change } })).toThrow(sentence)
  })
})

describe('the task of replays', () => {
  it('reads the stream, and puts nothing into it', () => {
    const actions = synthesised.actionsOf(runner).filter((action) => action.startsWith('kinesis:'))
    expect(actions.sort()).toEqual([
      'kinesis:DescribeStreamSummary',
      'kinesis:GetRecords',
      'kinesis:GetShardIterator',
      'kinesis:ListShards',
    ])
  })

  it('puts cells, and takes none away', () => {
    expect(
      rightsTo(runner, 'cells')
        .flatMap(({ actions }) => actions)
        .sort(),
    ).toEqual([...reads, 'PutItem', 'Scan'].sort())
    expect(rightsTo(runner, 'revisions')).toEqual([{ actions: ['UpdateItem'] }])
  })

  it('decides nothing about what counts', () => {
    expect(rightsTo(runner, 'control')).toEqual([
      { actions: readsAndWrites, rows: ['generation', 'cuts'] },
      { actions: reads, rows: ['publications'] },
    ])
  })

  it('keeps places of its own, and only reads those of live consumers', () => {
    expect(rightsTo(runner, 'checkpoints')).toEqual([
      { actions: reads, rows: ['aggregator', 'archiver'] },
      { actions: readsAndWrites, rows: ['replay/*'] },
    ])
    const writable = synthesised
      .statementsOf(runner)
      .filter(({ Action }) => [Action].flat().some((action) => /:(Put|Update|Delete|BatchWrite)/.test(action)))
    expect(synthesised.tablesIn(writable)).toEqual(['cells', 'checkpoints', 'control', 'revisions'])
  })

  it('reads archive and rules, and writes its report and its states', () => {
    const folders = (right: string) =>
      synthesised
        .statementsOf(runner)
        .filter(({ Action }) => [Action].flat().includes(right))
        .flatMap(({ Resource }) => JSON.stringify(Resource).match(/\/[a-z/]+\/\*/g) ?? [])
        .sort()
    expect(folders('s3:GetObject')).toEqual(['/archive/*', '/rules/*', '/state/replay/*'])
    expect(folders('s3:PutObject')).toEqual(['/replays/*', '/state/replay/*'])
  })
})

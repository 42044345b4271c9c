/** What rings in AWS, and that whoever is woken finds what to do. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ConfigError, checkConfig, deployment } from '../cdk/config.ts'
import measured from '../cdk/cost/measured.json' with { type: 'json' }
import { tables } from '../stream/tables.ts'
import { root } from './support/retrace.ts'
import { removeSynthesised, type SynthesisedStack, synthesisedStack } from './support/synthesised-stack.ts'

type Dimension = { Name: string; Value: unknown }
type MetricQuery = { Expression?: string; MetricStat?: { Metric: { MetricName: string; Dimensions: Dimension[] } } }
type AlarmProperties = {
  AlarmDescription: string
  MetricName?: string
  Dimensions?: Dimension[]
  Metrics?: MetricQuery[]
  AlarmActions: unknown[]
  OKActions: unknown[]
  Threshold: number
}

const runbook = readFileSync(join(root, 'docs/runbook.md'), 'utf8')
const entries = runbook.split('\n## ').slice(1)
/** As Markdown makes the target of a link from a heading. */
const anchors = entries.map((entry) => (entry.split('\n')[0] ?? '').toLowerCase().replaceAll(' ', '-'))

let synthesised: SynthesisedStack
let alarms: AlarmProperties[]
/** Those of a deployment whose endpoint is a function, too. */
let allAlarms: AlarmProperties[]
const alarmsOf = (stack: SynthesisedStack) =>
  stack.of('AWS::CloudWatch::Alarm').map(({ Properties }) => Properties as AlarmProperties)
beforeAll(() => {
  synthesised = synthesisedStack()
  alarms = alarmsOf(synthesised)
  allAlarms = [...alarms, ...alarmsOf(synthesisedStack({ endpointHost: 'lambda', servers: 'elsewhere' }))]
}, 120_000)
afterAll(removeSynthesised)

const metricsOf = ({ MetricName, Dimensions = [], Metrics = [] }: AlarmProperties) => [
  ...(MetricName ? [{ MetricName, Dimensions }] : []),
  ...Metrics.flatMap(({ MetricStat }) => MetricStat?.Metric ?? []),
]
const alarmsOn = (name: string) =>
  alarms.filter((alarm) => metricsOf(alarm).some(({ MetricName }) => MetricName === name))

describe('alarms', () => {
  test('each links to an entry of the runbook, and no entry is without one', () => {
    const linked = allAlarms.map(
      ({ AlarmDescription }) => /See docs\/runbook\.md#([\w-]+)$/.exec(AlarmDescription)?.[1],
    )
    expect([...new Set(linked)].sort()).toEqual([...anchors].sort())
  })

  test.each(entries)('the entry %# says what it means, how to look and how to mend it', (entry) => {
    for (const part of ['**Means.**', '**Look.**', '**Mend.**']) expect(entry).toContain(`\n\n${part} `)
  })

  test('links within the runbook lead somewhere', () => {
    for (const [, anchor] of runbook.matchAll(/\]\(#([\w-]+)\)/g)) expect(anchors).toContain(anchor)
  })

  test('each rings at the one topic, which speaks TLS alone, and tells when it is over', () => {
    synthesised.template.resourceCountIs('AWS::SNS::Topic', 1)
    const [topic] = Object.keys(synthesised.template.findResources('AWS::SNS::Topic'))
    for (const { AlarmActions, OKActions } of alarms)
      expect([AlarmActions, OKActions]).toEqual([[{ Ref: topic }], [{ Ref: topic }]])
    synthesised.template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: { Statement: [{ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }] },
    })
  })

  test('they go by dimensions that resources of the stack have', () => {
    const ids = new Set(Object.keys(synthesised.template.toJSON().Resources))
    for (const alarm of alarms)
      for (const { Dimensions } of metricsOf(alarm)) {
        expect(Dimensions.length).toBeGreaterThan(0)
        for (const { Name, Value } of Dimensions.filter(({ Name }) => Name !== 'FilterId'))
          expect([...JSON.stringify(Value).matchAll(/"(?:Ref|Fn::GetAtt)":\[?"(\w+)"/g)].map(([, id]) => id)).toSatisfy(
            (named: string[]) => named.length > 0 && named.every((id) => ids.has(id)),
            Name,
          )
      }
  })

  test('each consumer is behind after ten minutes and its own window', () => {
    const { aggregator, archiver, anomalyDetector } = deployment
    const expected = [aggregator, archiver, anomalyDetector].map(({ windowSeconds }) => 600_000 + windowSeconds * 1000)
    const found = alarmsOn('IteratorAge').map(({ Threshold }) => Threshold)
    expect(found.sort()).toEqual(expected.sort())
  })

  test('every function and every table has its own', () => {
    const handlers = synthesised
      .of('AWS::Lambda::Function')
      .filter(({ Properties }) => String(Properties.Description).startsWith('Retrace: '))
    expect(alarmsOn('Errors')).toHaveLength(handlers.length)
    expect(alarmsOn('WriteThrottleEvents')).toHaveLength(Object.keys(tables).length)
  })

  test('a batch that a consumer hands back counts as a failure, though its function ends well', () => {
    const handedBack = alarmsOn('HandedBack')
    expect(handedBack.map(({ AlarmDescription }) => AlarmDescription.split(' of the ')[1]?.split(' ')[0])).toEqual(
      expect.arrayContaining(['aggregator', 'archiver', 'anomalyDetector']),
    )
    for (const alarm of handedBack) expect(metricsOf(alarm).map(({ MetricName }) => MetricName)).toContain('Errors')
  })

  test('they are as many as the bill says', () => {
    expect(alarms).toHaveLength(measured.assumed.alarms)
  })

  test('the bucket counts what is put into each folder that one goes by', () => {
    const counted = (synthesised.of('AWS::S3::Bucket')[0]?.Properties.MetricsConfigurations ?? []) as { Id: string }[]
    const filters = alarmsOn('PutRequests').flatMap((alarm) =>
      metricsOf(alarm).flatMap(({ Dimensions }) => Dimensions.filter(({ Name }) => Name === 'FilterId')),
    )
    expect(filters.map(({ Value }) => Value).sort()).toEqual(counted.map(({ Id }) => Id).sort())
  })
})

test('alarms go to an address of e-mail, or to nobody by themselves', () => {
  synthesised.template.resourceCountIs('AWS::SNS::Subscription', 0)
  expect(checkConfig({ ...deployment, alarmEmail: 'ops@example.org' }).alarmEmail).toBe('ops@example.org')
  for (const alarmEmail of ['', 'ops', 'ops @example.org'])
    expect(() => checkConfig({ ...deployment, alarmEmail })).toThrow(ConfigError)
  for (const mailFrom of [
    '',
    'alerts',
    'A <b@c>',
    'A <b@example.org>, <c@example.org>',
    'a@example.org\nBcc: b@example.org',
  ])
    expect(() => checkConfig({ ...deployment, mailFrom })).toThrow(ConfigError)
  for (const alertTopics of ['', 'incidents', 'arn:aws:sns:eu-central-1:123456789012:a,'])
    expect(() => checkConfig({ ...deployment, alertTopics })).toThrow(ConfigError)
})

test('one page in CloudWatch shows the alarms, and how things went', () => {
  const body = JSON.stringify(synthesised.one('AWS::CloudWatch::Dashboard', 'Monitoring').Properties.DashboardBody)
  // What the code counts by itself is shown under the names by which it writes it.
  for (const metric of ['Accepted', 'Rejected', 'Aggregated', 'Duplicates', 'Filtered', 'Archived', 'Unaccounted'])
    expect(body).toContain(`\\"Retrace\\",\\"${metric}\\"`)
  for (const metric of ['IteratorAge', 'RequestCount', 'PutRequests', 'WriteThrottleEvents', 'IncomingRecords'])
    expect(body).toContain(metric)
})

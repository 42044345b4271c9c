/** The endpoint as a function: how it is reached, what it may do, and what then is not there. */
import { Template } from 'aws-cdk-lib/assertions'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { deployment } from '../cdk/config.ts'
import { removeSynthesised, type SynthesisedStack, synthesise, synthesisedStack } from './support/synthesised-stack.ts'

let function_: SynthesisedStack
beforeAll(() => {
  function_ = synthesisedStack({ endpointHost: 'lambda', servers: 'elsewhere' })
}, 120_000)
afterAll(removeSynthesised)

test('has a URL that any page may call, as often at a time as is configured, and no network', () => {
  function_.template.hasResourceProperties('AWS::Lambda::Url', { AuthType: 'NONE', InvokeMode: 'BUFFERED' })
  // Both rights, since AWS asks for both, and neither for calls by another way.
  function_.template.resourcePropertiesCountIs('AWS::Lambda::Permission', { Principal: '*' }, 2)
  for (const properties of [
    { Action: 'lambda:InvokeFunctionUrl', FunctionUrlAuthType: 'NONE' },
    { Action: 'lambda:InvokeFunction', InvokedViaFunctionUrl: true },
  ])
    function_.template.hasResourceProperties('AWS::Lambda::Permission', { Principal: '*', ...properties })
  expect(function_.one('AWS::Lambda::Function', 'EndpointFunction').Properties).toMatchObject({
    ReservedConcurrentExecutions: deployment.endpointFunction.maxInstances,
    MemorySize: deployment.endpointFunction.memoryMiB,
  })
  for (const type of ['AWS::EC2::VPC', 'AWS::ElasticLoadBalancingV2::LoadBalancer', 'AWS::ECS::Service'])
    function_.template.resourceCountIs(type, 0)
  expect(Object.keys(function_.template.toJSON().Outputs)).toContain('EndpointUrl')
})

test('may put records and overflow and read neither, knows sites and salts, and no token', () => {
  const actions = function_.actionsOf('EndpointFunction').filter((action) => !/^(logs|dynamodb):/.test(action))
  expect(actions.sort()).toEqual(
    ['kinesis:ListShards', 'kinesis:PutRecords', 's3:AbortMultipartUpload', 's3:PutObject'].sort(),
  )
  const statements = function_.statementsOf('EndpointFunction')
  expect(function_.tablesIn(statements)).toEqual(['minutes', 'salts', 'sites'])
  const writes = statements.filter(({ Action }) => [Action].flat().includes('dynamodb:PutItem'))
  expect(function_.tablesIn(writes)).toEqual(['minutes', 'salts'])
  // Of what sites did it may say nothing, only of itself.
  const ofMinutes = statements.filter((statement) => function_.tablesIn([statement]).includes('minutes'))
  expect(ofMinutes.map(({ Action, Condition }) => ({ Action, Condition }))).toEqual([
    {
      Action: 'dynamodb:PutItem',
      Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['_pipeline'] } },
    },
  ])
  expect(function_.actionsOn('salts', statements)).toEqual(['dynamodb:GetItem', 'dynamodb:PutItem'])
  const { Environment } = function_.one('AWS::Lambda::Function', 'EndpointFunction').Properties as {
    Environment: { Variables: object }
  }
  expect(Object.keys(Environment.Variables)).not.toContain('RETRACE_ADMIN_TOKEN')
})

test('is watched by what Lambda counts of its URL', () => {
  const alarms = JSON.stringify(function_.of('AWS::CloudWatch::Alarm', 'MonitoringAlarmsEndpoint'))
  for (const metric of ['UrlRequestCount', 'Url5xxCount', 'UrlRequestLatency', 'Throttles'])
    expect(alarms).toContain(`"MetricName":"${metric}"`)
})

test('leaves the dashboard and replays on Fargate, where servers are in the stack', () => {
  const both = Template.fromStack(synthesise({ endpointHost: 'lambda' }).stack)
  both.resourceCountIs('AWS::ECS::Service', 1)
  both.resourceCountIs('AWS::Lambda::Url', 1)
  both.resourceCountIs('AWS::ElasticLoadBalancingV2::ListenerRule', 1)
  const [dashboard] = Object.values(both.findResources('AWS::ECS::TaskDefinition')).filter((task) =>
    JSON.stringify(task).includes('dashboard/main.ts'),
  )
  // The line that it shows for pages leads to the function.
  expect(JSON.stringify(dashboard)).toMatch(/"RETRACE_ENDPOINT_URL","Value":\{"Fn::GetAtt":\["EndpointFunction/)
}, 60_000)

/** Who may touch what decides which figures count: cuts, publications, generations. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Template } from 'aws-cdk-lib/assertions'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deployment } from '../cdk/config.ts'
import { createApp } from '../cdk/stack.ts'

type Resource = { Type: string; Properties: Record<string, unknown> }
type Statement = { Action: string | string[]; Resource: unknown; Condition?: Record<string, Record<string, unknown>> }

const folder = mkdtempSync(join(tmpdir(), 'retrace-cdk-replay-'))
let resources: Record<string, Resource>

beforeAll(() => {
  resources = Template.fromStack(createApp(deployment, folder).stack).toJSON().Resources
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What a construct may do with a table, and with which of its rows. */
function rightsTo(construct: string, table: string): { actions: string[]; rows: unknown }[] {
  const [id = ''] =
    Object.entries(resources).find(([, { Properties }]) => Properties.TableName === `retrace-${table}`) ?? []
  return Object.entries(resources)
    .filter(([name, { Type }]) => Type === 'AWS::IAM::Policy' && name.startsWith(construct))
    .flatMap(([, { Properties }]) => (Properties.PolicyDocument as { Statement: Statement[] }).Statement)
    .filter((statement) => JSON.stringify(statement.Resource).includes(`"${id}"`))
    .map(({ Action, Condition }) => ({
      actions: [Action]
        .flat()
        .map((action) => action.replace('dynamodb:', ''))
        .sort(),
      rows: Condition?.['ForAllValues:StringEquals']?.['dynamodb:LeadingKeys'],
    }))
}

const reads = ['BatchGetItem', 'GetItem', 'Query']

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

  it('lets the dashboard decide what counts, but not where segments end', () => {
    expect(rightsTo('DashboardTaskTaskRole', 'control')).toEqual([
      {
        actions: [...reads, 'PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem'].sort(),
        rows: ['generation', 'publications'],
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

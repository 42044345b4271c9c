/** The archive as a table in AWS. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { deployment } from '../cdk/config.ts'
import { toColumns } from '../consumers/archiver/rows.ts'
import { removeSynthesised, type SynthesisedStack, synthesisedStack } from './support/synthesised-stack.ts'

type TableInput = {
  StorageDescriptor: { Columns: { Name: string; Type: string }[]; Location: unknown }
  PartitionKeys: { Name: string }[]
  Parameters: Record<string, string>
}

let synthesised: SynthesisedStack
let table: TableInput
beforeAll(() => {
  synthesised = synthesisedStack()
  table = synthesised.one('AWS::Glue::Table', 'Athena').Properties.TableInput as TableInput
})
afterAll(removeSynthesised)

const athenaTypes: Record<string, string> = {
  STRING: 'string',
  JSON: 'string',
  INT32: 'int',
  INT64: 'bigint',
  DOUBLE: 'double',
  TIMESTAMP: 'timestamp',
}

test('the table has the columns that the archiver writes, in its order', () => {
  const written = toColumns([]).map(({ name, type = '' }) => ({ Name: name, Type: athenaTypes[type] }))
  expect(table.StorageDescriptor.Columns).toEqual(written)
})

test('it is found by day and hour, with no crawler, where the archiver writes', () => {
  expect(table.PartitionKeys.map(({ Name }) => Name)).toEqual(['dt', 'hour'])
  expect(table.Parameters).toMatchObject({ 'projection.enabled': 'true', 'projection.hour.digits': '2' })
  expect(table.StorageDescriptor.Location).toEqual({
    'Fn::Join': ['', ['s3://', { Ref: synthesised.bucketId() }, '/archive/']],
  })
})

test('a question costs so much at most, and its answer is forgotten after a week', () => {
  expect(synthesised.one('AWS::Athena::WorkGroup', 'Athena').Properties.WorkGroupConfiguration).toMatchObject({
    EnforceWorkGroupConfiguration: true,
    BytesScannedCutoffPerQuery: deployment.athenaScanLimitGiB * 2 ** 30,
    ResultConfiguration: {
      OutputLocation: { 'Fn::Join': ['', ['s3://', { Ref: synthesised.bucketId() }, '/athena/']] },
    },
  })
  const { Rules } = synthesised.one('AWS::S3::Bucket', 'Storage').Properties.LifecycleConfiguration as {
    Rules: { Prefix?: string; ExpirationInDays?: number }[]
  }
  expect(Rules.filter(({ Prefix }) => Prefix === 'athena/').map(({ ExpirationInDays }) => ExpirationInDays)).toEqual([
    7,
  ])
})

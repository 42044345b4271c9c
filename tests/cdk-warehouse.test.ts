/** Events through Firehose, where a deployment asks for it. */
import { Match, Template } from 'aws-cdk-lib/assertions'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { removeSynthesised, synthesise } from './support/synthesised-stack.ts'

let template: Template
beforeAll(() => {
  const { app, stack } = synthesise({ warehouse: true })
  // Findings of good practice fail here.
  app.synth()
  template = Template.fromStack(stack)
})
afterAll(removeSynthesised)

const stream = 'AWS::KinesisFirehose::DeliveryStream'

test('lines are taken apart, converted to Parquet, and laid down by site and day', () => {
  template.hasResourceProperties(stream, {
    DeliveryStreamEncryptionConfigurationInput: { KeyType: 'AWS_OWNED_CMK' },
    ExtendedS3DestinationConfiguration: {
      Prefix: 'warehouse/site=!{partitionKeyFromQuery:site}/dt=!{partitionKeyFromQuery:dt}/',
      DynamicPartitioningConfiguration: { Enabled: true },
      ProcessingConfiguration: {
        Processors: [
          Match.objectLike({ Type: 'RecordDeAggregation' }),
          Match.objectLike({ Type: 'MetadataExtraction' }),
        ],
      },
      DataFormatConversionConfiguration: { Enabled: true, SchemaConfiguration: { DatabaseName: 'retrace' } },
    },
  })
})

test('the archiver writes to it besides the archive, and nobody else may', () => {
  template.hasResourceProperties('AWS::Lambda::Function', {
    Description: 'Retrace: archiver',
    Environment: { Variables: Match.objectLike({ RETRACE_ARCHIVE_SINK: 'both' }) },
  })
  const policies = Object.entries(template.findResources('AWS::IAM::Policy'))
  const writers = policies.filter(([, policy]) => JSON.stringify(policy).includes('firehose:PutRecordBatch'))
  expect(writers.map(([id]) => id)).toEqual([expect.stringMatching(/^Archiver/)])
})

test('without it there is none', () => {
  Template.fromStack(synthesise().stack).resourceCountIs(stream, 0)
})

import { Aws, type CfnResource } from 'aws-cdk-lib'
import type { CfnTable } from 'aws-cdk-lib/aws-glue'
import { type IGrantable, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose'
import { Construct } from 'constructs'
import type { Workload } from './environment.ts'
import type { Storage } from './storage.ts'

const folders = { delivered: 'warehouse', refused: 'warehouse-refused' }

export type WarehouseProps = {
  name: string
  storage: Storage
  /** Says which columns there are, and of which types. */
  table: CfnTable
}

/**
 * Events once more, by site and day, for warehouses that take in folders of Parquet: the archiver hands them to Firehose,
 * which delivers them at least once (docs/settings.md). What Firehose cannot convert lies in a folder of its own.
 */
export class Warehouse extends Construct {
  readonly #stream: CfnDeliveryStream

  constructor(scope: Construct, id: string, { name, storage, table }: WarehouseProps) {
    super(scope, id)
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('firehose.amazonaws.com') })
    for (const folder of Object.values(folders)) storage.grantDelivery(role, folder)
    const database = `${table.databaseName}`
    role.addToPolicy(
      new PolicyStatement({
        actions: ['glue:GetTable', 'glue:GetTableVersion', 'glue:GetTableVersions'],
        resources: ['catalog', `database/${database}`, `table/${database}/archive`].map(
          (resource) => `arn:${Aws.PARTITION}:glue:${Aws.REGION}:${Aws.ACCOUNT_ID}:${resource}`,
        ),
      }),
    )
    this.#stream = new CfnDeliveryStream(this, 'Stream', {
      deliveryStreamName: name,
      deliveryStreamType: 'DirectPut',
      deliveryStreamEncryptionConfigurationInput: { keyType: 'AWS_OWNED_CMK' },
      extendedS3DestinationConfiguration: {
        bucketArn: storage.bucketArn,
        roleArn: role.roleArn,
        prefix: `${folders.delivered}/site=!{partitionKeyFromQuery:site}/dt=!{partitionKeyFromQuery:dt}/`,
        errorOutputPrefix: `${folders.refused}/!{firehose:error-output-type}/!{timestamp:yyyy-MM-dd}/`,
        // Where Firehose converts and partitions it wants buffers of 64 MB at the least; Parquet comes in zipped pages.
        bufferingHints: { sizeInMBs: 128, intervalInSeconds: 900 },
        dynamicPartitioningConfiguration: { enabled: true },
        processingConfiguration: {
          enabled: true,
          processors: [
            { type: 'RecordDeAggregation', parameters: [{ parameterName: 'SubRecordType', parameterValue: 'JSON' }] },
            {
              type: 'MetadataExtraction',
              parameters: [
                { parameterName: 'MetadataExtractionQuery', parameterValue: '{site: .site, dt: .received[0:10]}' },
                { parameterName: 'JsonParsingEngine', parameterValue: 'JQ-1.6' },
              ],
            },
          ],
        },
        dataFormatConversionConfiguration: {
          enabled: true,
          inputFormatConfiguration: { deserializer: { openXJsonSerDe: {} } },
          outputFormatConfiguration: { serializer: { parquetSerDe: { compression: 'SNAPPY' } } },
          schemaConfiguration: {
            databaseName: database,
            tableName: table.ref,
            roleArn: role.roleArn,
            region: Aws.REGION,
            versionId: 'LATEST',
          },
        },
      },
    })
    // Firehose looks at once whether it may do all that.
    this.#stream.addResourceDependency(role.node.findChild('DefaultPolicy').node.defaultChild as CfnResource)
  }

  /** The archiver writes here too, besides the archive. */
  grantPut(archiver: Workload & IGrantable): void {
    archiver.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['firehose:PutRecordBatch'], resources: [this.#stream.attrArn] }),
    )
    archiver.addEnvironment('RETRACE_ARCHIVE_SINK', 'both')
    archiver.addEnvironment('RETRACE_FIREHOSE_STREAM', this.#stream.ref)
  }
}

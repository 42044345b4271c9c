import { Aws, CfnOutput } from 'aws-cdk-lib'
import { CfnWorkGroup } from 'aws-cdk-lib/aws-athena'
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue'
import { Construct } from 'constructs'
import type { DeploymentConfig } from './config.ts'
import type { Storage } from './storage.ts'

/** The archive's columns (consumers/archiver/rows.ts) in Athena's types, in order: a test holds the two together. */
const columns = `
  site string, type string, load string, n int,
  event_at timestamp, sent_at timestamp, received timestamp,
  visitor string, previous_visitor string, user_agent string, country string, region string, language string,
  url string, referrer string, title string, name string, props string,
  target_selector string, target_text string, target_href string,
  target_x double, target_y double, target_vw double, target_vh double,
  target_page_x double, target_page_y double, target_doc_w double, target_doc_h double,
  engaged_ms double, scroll double, viewport_w double, viewport_h double,
  shard string, sequence string, index int, producer string, producer_sequence bigint, trace string,
  record_trace string, created_at timestamp, tag string, network string`

const gibibyte = 2 ** 30

export type AthenaProps = { config: DeploymentConfig; storage: Storage }

/** The archive as a table that Athena asks, and a workgroup that bounds what a question can cost. Idle, both are free. */
export class Athena extends Construct {
  readonly table: CfnTable

  constructor(scope: Construct, id: string, { config, storage }: AthenaProps) {
    super(scope, id)
    // Names of databases have no dashes in SQL without quotes.
    const databaseName = config.name.replaceAll('-', '_')
    const database = new CfnDatabase(this, 'Database', {
      catalogId: Aws.ACCOUNT_ID,
      databaseInput: { name: databaseName, description: 'Retrace: every event that was accepted' },
    })
    const table = new CfnTable(this, 'Table', {
      catalogId: Aws.ACCOUNT_ID,
      databaseName,
      tableInput: {
        name: 'archive',
        description: 'A row is an event; docs/archive.md says what the columns are',
        tableType: 'EXTERNAL_TABLE',
        partitionKeys: ['dt', 'hour'].map((name) => ({ name, type: 'string' })),
        parameters: projection,
        storageDescriptor: {
          columns: columns.split(',').map((column) => {
            const [name = '', type = ''] = column.trim().split(' ')
            return { name, type }
          }),
          location: storage.location('archive'),
          inputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
          outputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
          serdeInfo: { serializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' },
        },
      },
    })
    table.addResourceDependency(database)
    this.table = table

    const workgroup = new CfnWorkGroup(this, 'Workgroup', {
      name: config.name,
      description: 'Retrace: questions to the archive',
      // Its history goes with it: a stack could not be deleted otherwise.
      recursiveDeleteOption: true,
      workGroupConfiguration: {
        // Results go where the bucket forgets them, whatever the client asks for.
        enforceWorkGroupConfiguration: true,
        bytesScannedCutoffPerQuery: config.athenaScanLimitGiB * gibibyte,
        resultConfiguration: {
          outputLocation: storage.location('athena'),
          encryptionConfiguration: { encryptionOption: 'SSE_S3' },
        },
      },
    })
    new CfnOutput(this, 'Query', {
      value: `aws athena start-query-execution --work-group ${workgroup.name} --query-string "select count(*) from ${databaseName}.archive"`,
      description: 'Counts what is archived',
    })
  }
}

/** Partition projection, so that no crawler has to add hours: Athena guide, "Partition projection". */
const projection = {
  classification: 'parquet',
  'projection.enabled': 'true',
  'projection.dt.type': 'date',
  'projection.dt.format': 'yyyy-MM-dd',
  'projection.dt.range': '2026-01-01,NOW',
  'projection.hour.type': 'integer',
  'projection.hour.range': '0,23',
  'projection.hour.digits': '2',
}

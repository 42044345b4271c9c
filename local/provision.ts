/** Makes what a deployment would have made: stream, tables, bucket, and the site `demo`. Safe to run again. */
import {
  ConditionalCheckFailedException,
  CreateTableCommand,
  DynamoDBClient,
  PutItemCommand,
  ResourceInUseException as TableExists,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb'
import {
  CreateStreamCommand,
  KinesisClient,
  ResourceInUseException as StreamExists,
  waitUntilStreamExists,
} from '@aws-sdk/client-kinesis'
import { BucketAlreadyOwnedByYou, CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import type { Settings } from '../stream/settings.ts'
import { siteToItem } from '../stream/site.ts'
import { type TableShape, tables } from '../stream/tables.ts'

/** Two shards, so that whatever only works with one is noticed on every laptop. */
const shardCount = 2
const readyWithinSeconds = 10

export async function provision(settings: Settings, now: number): Promise<void> {
  await Promise.all([makeStream(settings), makeBucket(settings), makeTables(settings, now)])
}

async function makeStream({ RETRACE_STREAM: StreamName }: Settings): Promise<void> {
  const client = new KinesisClient({ requestHandler: new NodeHttpHandler() })
  await client
    .send(new CreateStreamCommand({ StreamName, ShardCount: shardCount }))
    .catch(unless((error) => error instanceof StreamExists))
  await waitUntilStreamExists({ client, maxWaitTime: readyWithinSeconds, minDelay: 0.1, maxDelay: 1 }, { StreamName })
}

async function makeBucket({ RETRACE_BUCKET: Bucket }: Settings): Promise<void> {
  const client = new S3Client({ forcePathStyle: true })
  await client
    .send(new CreateBucketCommand({ Bucket }))
    .catch(
      unless((error) => error instanceof BucketAlreadyOwnedByYou || (error as Error).name === 'BucketAlreadyExists'),
    )
}

/** The tables alone. */
export async function makeTables({ RETRACE_TABLE_PREFIX: prefix }: Settings, now: number): Promise<void> {
  const client = new DynamoDBClient({})
  await Promise.all(Object.entries<TableShape>(tables).map(([name, shape]) => makeTable(client, prefix + name, shape)))
  await client
    .send(
      new PutItemCommand({
        TableName: `${prefix}sites`,
        Item: siteToItem({
          site: 'demo',
          name: 'Demo site',
          origins: [],
          timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
          queryParams: [],
          strict: false,
          network: false,
          createdAt: now,
        }),
        ConditionExpression: 'attribute_not_exists(site)',
      }),
    )
    .catch(unless((error) => error instanceof ConditionalCheckFailedException))
}

async function makeTable(client: DynamoDBClient, TableName: string, shape: TableShape): Promise<void> {
  const keys = [
    { name: shape.partitionKey, KeyType: 'HASH' as const },
    ...(shape.sortKey ? [{ name: shape.sortKey, KeyType: 'RANGE' as const }] : []),
  ]
  await client
    .send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: keys.map(({ name }) => ({ AttributeName: name, AttributeType: 'S' })),
        KeySchema: keys.map(({ name, KeyType }) => ({ AttributeName: name, KeyType })),
      }),
    )
    .catch(unless((error) => error instanceof TableExists))
  await waitUntilTableExists({ client, maxWaitTime: readyWithinSeconds, minDelay: 0.1, maxDelay: 1 }, { TableName })
}

/** Goes on when the fault is one that was expected. */
function unless(expected: (error: unknown) => boolean): (error: unknown) => void {
  return (error) => {
    if (!expected(error)) throw error
  }
}

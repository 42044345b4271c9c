/** Clients for reading a Retrace from outside: its stores are where the AWS SDK's own variables say. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { KinesisClient } from '@aws-sdk/client-kinesis'
import { S3Client } from '@aws-sdk/client-s3'
import { NodeHttpHandler } from '@smithy/node-http-handler'

export type StoreClients = { kinesis: KinesisClient; dynamo: DynamoDBClient; s3: S3Client }

/** @param env the variables: of `running.json` (`aws`), of this process, or both */
export function createStoreClients(env: Readonly<Record<string, string | undefined>>): StoreClients {
  const { AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = env
  const common = (service: string) => {
    const endpoint = env[`AWS_ENDPOINT_URL_${service}`] ?? env.AWS_ENDPOINT_URL
    return {
      // Patient: nobody waits for a reconciliation, and readers share a shard's five reads a second with the consumers.
      maxAttempts: 8,
      requestHandler: new NodeHttpHandler({
        connectionTimeout: 2000,
        requestTimeout: 60_000,
        throwOnRequestTimeout: true,
      }),
      ...(AWS_REGION && { region: AWS_REGION }),
      ...(endpoint && { endpoint }),
      ...(AWS_ACCESS_KEY_ID &&
        AWS_SECRET_ACCESS_KEY && {
          credentials: {
            accessKeyId: AWS_ACCESS_KEY_ID,
            secretAccessKey: AWS_SECRET_ACCESS_KEY,
            ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
          },
        }),
    }
  }
  return {
    kinesis: new KinesisClient(common('KINESIS')),
    dynamo: new DynamoDBClient(common('DYNAMODB')),
    s3: new S3Client({ ...common('S3'), forcePathStyle: true }),
  }
}

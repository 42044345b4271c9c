/**
 * The AWS clients of consumers. They run in the background, where patience is cheap: the SDK's own retries, over
 * HTTP/1.1, which every AWS-compatible server speaks, with bounds on how long one attempt may take.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { KinesisClient } from '@aws-sdk/client-kinesis'
import { S3Client } from '@aws-sdk/client-s3'
import { NodeHttpHandler } from '@smithy/node-http-handler'

export type Clients = { kinesis: KinesisClient; dynamo: DynamoDBClient; s3: S3Client }

export const patientHandler = (requestTimeoutMs: number) =>
  new NodeHttpHandler({ connectionTimeout: 2000, requestTimeout: requestTimeoutMs, throwOnRequestTimeout: true })

export function createClients(): Clients {
  return {
    kinesis: new KinesisClient({ maxAttempts: 4, requestHandler: patientHandler(10_000) }),
    dynamo: new DynamoDBClient({ maxAttempts: 6, requestHandler: patientHandler(5000) }),
    // Path style is what AWS-compatible servers without wildcard host names need; S3 itself takes both.
    s3: new S3Client({ maxAttempts: 6, forcePathStyle: true, requestHandler: patientHandler(30_000) }),
  }
}

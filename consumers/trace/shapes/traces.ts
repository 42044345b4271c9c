/** The way of one event, for who may not come to what consumers are made of: the door by which other rooms trace. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { KinesisClient } from '@aws-sdk/client-kinesis'
import type { S3Client } from '@aws-sdk/client-s3'
import { createObjects } from '../../runtime/objects.ts'
import { type Trace, trace } from '../trace.ts'

export type { Trace }

export type Traces = {
  /**
   * Reads the archive of three days: that of the event's arrival, for what its visitor did before, and those around it.
   *
   * @param day UTC day of arrival, `2026-11-23`
   * @throws the signal's reason, between two objects of the archive
   */
  find(name: { site: string; load: string; n: number }, day: string, signal: AbortSignal): Promise<Trace>
}

export type TracePlace = {
  dynamo: DynamoDBClient
  s3: S3Client
  kinesis: KinesisClient
  tablePrefix: string
  bucket: string
  stream: string
}

const dayMs = 86_400_000

export function createTraces({ dynamo, s3, kinesis, tablePrefix, bucket, stream }: TracePlace): Traces {
  const stores = {
    clients: { dynamo, s3, kinesis },
    table: (name: string) => `${tablePrefix}${name}`,
    objects: createObjects(s3, bucket),
    settings: { RETRACE_STREAM: stream },
  }
  return {
    find(name, day, signal) {
      const from = Date.parse(day)
      return trace({ ...stores, signal }, name, { from, to: from + dayMs })
    },
  }
}

/**
 * What the services and our own interface allow. Kinesis: "Quotas and limits" and the PutRecords,
 * GetRecords API references of Amazon Kinesis Data Streams; DynamoDB: "Quotas in Amazon DynamoDB".
 */
export const limits = {
  /** A Kinesis record with its partition key, encoded. The service takes 10 MiB now, kinesalite and Firehose 1 MiB. */
  recordBytes: 1024 * 1024,
  /** Records in one PutRecords request. */
  putRecordsCount: 500,
  /** Bytes in one PutRecords request, partition keys included. */
  putRecordsBytes: 5 * 1024 * 1024,
  /** GetRecords calls a second and shard, shared by everybody who polls it. */
  getRecordsPerSecond: 5,
  /** Records in one GetRecords answer. */
  getRecordsCount: 10_000,
  /** A DynamoDB item with its attribute names. */
  itemBytes: 400 * 1024,

  /** Body of `POST /v1/events`, decoded. */
  requestBytes: 512 * 1024,
  /** Events in one request. */
  requestEvents: 500,
  /** One event as it is stored (JSON, UTF-8). Keeps a batch that is being closed far below a record's limit. */
  eventBytes: 16 * 1024,
  /** Decoded body of one record that a reader accepts: a guard against decompression bombs. */
  decodedRecordBytes: 8 * 1024 * 1024,
} as const

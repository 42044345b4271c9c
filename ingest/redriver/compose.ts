import type { Settings } from '../../stream/settings.ts'
import { createKinesisClient, putRecordsTo } from '../kinesis.ts'
import { createS3Client, deleteOverflow, getOverflow, listOverflow } from '../overflow.ts'
import type { RedriveStores } from './redrive.ts'

/** The redriver's stores, for either host. */
export function composeRedriver(settings: Settings): RedriveStores {
  // Listing thousands of objects takes an embedded server many seconds.
  const s3 = createS3Client(60_000)
  const bucket = settings.RETRACE_BUCKET
  return {
    list: (limit) => listOverflow(s3, bucket, limit),
    get: (key) => getOverflow(s3, bucket, key),
    delete: (key) => deleteOverflow(s3, bucket, key),
    putRecords: putRecordsTo(createKinesisClient(), settings.RETRACE_STREAM),
  }
}

/** Which objects the archive of a range consists of. */
import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3'

/** Times of arrival at the endpoint, epoch milliseconds; `to` is not in it. */
export type ArrivalRange = { from: number; to: number }

const hourMs = 3_600_000
const dayMs = 86_400_000

/** Keys of the objects that hold the range, those of an hour and so of a folder together. */
export async function listArchive(client: S3Client, bucket: string, { from, to }: ArrivalRange): Promise<string[][]> {
  const hours = new Map<number, string[]>()
  for (let day = from - (from % dayMs); day < to; day += dayMs) {
    const folder = `archive/dt=${new Date(day).toISOString().slice(0, 10)}/`
    for (const key of await listObjects(client, bucket, folder)) {
      const hour = day + Number(/hour=(\d\d)\//.exec(key)?.[1]) * hourMs
      if (hour + hourMs <= from || hour >= to || !key.endsWith('.parquet')) continue
      hours.set(hour, [...(hours.get(hour) ?? []), key])
    }
  }
  return [...hours.values()]
}

export async function listObjects(client: S3Client, bucket: string, prefix: string): Promise<string[]> {
  const keys: string[] = []
  let next: string | undefined
  do {
    const page = await client.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ...(next && { ContinuationToken: next }) }),
    )
    keys.push(...(page.Contents ?? []).map(({ Key = '' }) => Key))
    next = page.NextContinuationToken
  } while (next)
  return keys
}

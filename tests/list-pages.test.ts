/** What lies in a bucket is listed whole, however many pages that takes. */
import { ListObjectsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inParallel } from '../consumers/runtime/exactly-once.ts'
import { listOverflow } from '../ingest/overflow.ts'
import { listPages } from '../stream/list-pages.ts'
import { overflowKey } from '../stream/overflow-key.ts'
import { startStores, type TestStores } from './support/stores.ts'

let stores: TestStores
let client: S3Client
let bucket: string
const keys = Array.from({ length: 2001 }, (_, sequence) =>
  overflowKey({ createdAt: 1_764_000_000_000 + sequence, hashKey: '1', producerId: 'ab'.repeat(8), sequence }),
)
beforeAll(async () => {
  stores = await startStores()
  client = new S3Client({ forcePathStyle: true })
  bucket = stores.settings.RETRACE_BUCKET
  await inParallel(keys, async (Key) => {
    await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'x' }))
  })
}, 120_000)
afterAll(async () => {
  client.destroy()
  await stores.close()
})

const listing = (Prefix: string) => (Marker?: string) =>
  client.send(new ListObjectsCommand({ Bucket: bucket, Prefix, Marker }))

test('in pages of a thousand, in order, none twice', async () => {
  const pages = await Array.fromAsync(listPages(listing('overflow/')))
  expect(pages.map((objects) => objects.length)).toEqual([1000, 1000, 1])
  expect(pages.flat().map(({ Key }) => Key)).toEqual(keys)
})

test('the redriver finds the oldest of more than it takes at once', async () => {
  expect((await listOverflow(client, bucket, 10)).map(({ key }) => key)).toEqual(keys.slice(0, 10))
})

test('nothing is one empty page', async () => {
  expect(await Array.fromAsync(listPages(listing('nowhere/')))).toEqual([[]])
})

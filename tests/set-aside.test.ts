/** What waits in the overflow and lies in quarantine, as the pipeline's page tells it: of a bucket with real objects. */
import { DeleteObjectCommand, DeleteObjectsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { quarantineKey } from '../consumers/runtime/shapes/quarantine-key.ts'
import { createSetAsideStore } from '../dashboard/store/set-aside.ts'
import { createS3Client } from '../dashboard/store/store.ts'
import { overflowKey } from '../stream/overflow-key.ts'
import { findProblems } from './support/accessibility.ts'
import { now } from './support/dashboard.ts'
import { eventually } from './support/eventually.ts'
import { address, bucket, open, page, signedInPage, textOf } from './support/replays-page.ts'

const overflowAt = (createdAt: number, sequence = 0) =>
  overflowKey({ createdAt, producerId: 'fedcba9876543210', sequence, hashKey: '1' })
const inQuarantine = (sequenceNumber: string) =>
  quarantineKey({ consumer: 'archiver', shardId: 'shardId-000000000000', sequenceNumber })

let client: S3Client
let stored: string[] = []
beforeAll(() => {
  client = createS3Client()
})
afterAll(() => client?.destroy())

async function put(...keys: string[]): Promise<void> {
  for (const Key of keys) await client.send(new PutObjectCommand({ Bucket: bucket(), Key, Body: 'x' }))
  stored.push(...keys)
}
beforeEach(async () => {
  const Objects = stored.map((Key) => ({ Key }))
  for (let from = 0; from < Objects.length; from += 1000)
    await client.send(
      new DeleteObjectsCommand({
        Bucket: bucket(),
        Delete: { Objects: Objects.slice(from, from + 1000), Quiet: true },
      }),
    )
  stored = []
})

const read = () => createSetAsideStore(client, bucket()).read()

describe('what was set aside', () => {
  it('is nothing, or as many as there are and how old the oldest is; what is none of ours does not count', async () => {
    expect(await read()).toEqual({
      overflow: { batches: 0, more: false, oldestAt: undefined },
      quarantine: { records: 0, more: false },
      failure: undefined,
    })
    await put(overflowAt(now - 60_000), overflowAt(now - 185_000), inQuarantine('7'), 'quarantine/readme.txt')
    expect(await read()).toMatchObject({
      overflow: { batches: 2, more: false, oldestAt: now - 185_000 },
      quarantine: { records: 1, more: false },
    })
  })

  it('is counted up to a thousand', async () => {
    const keys = Array.from({ length: 1001 }, (_, sequence) => overflowAt(now - 1000, sequence))
    await Promise.all(Array.from({ length: 8 }, (_, i) => put(...keys.filter((_key, at) => at % 8 === i))))
    const first = createSetAsideStore(client, bucket())
    await eventually(async () => (await first.read()).overflow !== undefined)
    expect((await first.read()).overflow).toEqual({ batches: 1000, more: true, oldestAt: now - 1000 })
    await client.send(new DeleteObjectCommand({ Bucket: bucket(), Key: keys[0] as string }))
    const second = createSetAsideStore(client, bucket())
    await eventually(async () => (await second.read()).overflow !== undefined)
    expect((await second.read()).overflow).toMatchObject({ batches: 1000, more: false })
  }, 60_000)

  it('is looked at once for all who ask within some seconds', async () => {
    let asked = 0
    const counting = createS3Client()
    const count = { step: 'initialize' } as const
    counting.middlewareStack.add(
      (next) => (args) => {
        asked += 1
        return next(args)
      },
      count,
    )
    const store = createSetAsideStore(counting, bucket())
    await Promise.all([store.read(), store.read()])
    await store.read()
    expect(asked).toBe(2)
    counting.destroy()
  })

  it('is not known where the bucket is not there, or does not answer in a second', async () => {
    const none = await createSetAsideStore(client, 'there-is-none').read()
    expect(none).toMatchObject({ overflow: undefined, quarantine: undefined })
    expect(String(none.failure)).toContain('NoSuchBucket')
    // Nobody listens there, and a client that is patient would go on trying.
    const away = new S3Client({ endpoint: 'http://127.0.0.1:1', region: 'us-east-1', maxAttempts: 50 })
    const began = performance.now()
    expect(await createSetAsideStore(away, bucket()).read()).toMatchObject({ overflow: undefined })
    expect(performance.now() - began).toBeLessThan(3000)
    away.destroy()
  })
})

describe('the page of the pipeline', () => {
  const figure = (name: string) => page.getByRole('listitem').filter({ has: page.getByRole('heading', { name }) })

  it('says that nothing waits, and asks nobody to do anything', async () => {
    await open('/pipeline')
    expect(await textOf(figure('Overflow'))).toMatch(/\b0$/)
    expect(await figure('Quarantine').getByText('What to do').count()).toBe(0)
  })

  it('says how much waits and since when, and where to read on, in both themes from a phone to a wide screen', async () => {
    await put(overflowAt(now - 60_000), overflowAt(now - 185_000), inQuarantine('7'))
    for (const colorScheme of ['light', 'dark'] as const)
      for (const width of [360, 1440]) {
        await page.setViewportSize({ width, height: 900 })
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
        await open('/pipeline')
        expect(await textOf(figure('Overflow'))).toMatch(/2\s+the oldest for 3m 05s/)
        expect(await textOf(figure('Overflow'))).toContain('docs/runbook.md#overflow-is-used')
        expect(await textOf(figure('Quarantine'))).toContain('npm run quarantine -- list')
        expect(await findProblems(page), `${colorScheme}, ${width}`).toEqual([])
      }
  })

  it('says in German what it says', async () => {
    await put(overflowAt(now - 185_000))
    const reader = await signedInPage({ locale: 'de-DE' })
    await reader.goto(`${address}/pipeline`)
    await reader.getByText('das älteste seit').waitFor()
    await reader.close()
  })
})

/** A replay waits for S3 once a shard: the next object comes while one is folded, and only the next. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openArchiveSource } from '../consumers/replay/sources/archive-source.ts'
import type { DecodedStreamRecord } from '../consumers/runtime/records.ts'
import { openArchive, writeArchive } from '../local/bench-replay/folder-archive.ts'
import { decodeTraffic, drawTraffic } from '../local/bench-replay/measure.ts'

const perObject = 3
let folder: string
let shards: Map<string, DecodedStreamRecord[]>
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'retrace-ahead-'))
  shards = await decodeTraffic(drawTraffic(4000, 7))
  await writeArchive(folder, shards, perObject)
})
afterAll(() => rm(folder, { recursive: true }))

async function open(onFetch: (key: string) => void) {
  const { objects, ...stores } = await openArchive(folder)
  const received = [...shards.values()].flat().flatMap(({ deliveries }) => deliveries.map((each) => each.received))
  const stretch = { from: Math.min(...received), to: Math.max(...received) + 1 }
  const get = (key: string) => {
    onFetch(key)
    return objects.get(key)
  }
  return { source: await openArchiveSource({ ...stores, objects: { get } }, stretch), stretch }
}

it('fetches the next object while one is read, and no more than that', async () => {
  for (const [shardId, records] of shards) {
    const fetched: string[] = []
    const { source, stretch } = await open((key) => fetched.push(key))
    const objects = Math.ceil(records.length / perObject)
    expect(objects).toBeGreaterThan(3)
    let read = 0
    for await (const batch of source.read(shardId, stretch)) {
      read += batch.length
      expect(fetched).toHaveLength(Math.min(Math.ceil(read / perObject) + 1, objects))
    }
    expect(read).toBe(records.length)
    expect(new Set(fetched).size).toBe(objects)
  }
})

it('fetches nothing further for a reader who stops', async () => {
  const [[shardId] = ['']] = shards
  const fetched: string[] = []
  const { source, stretch } = await open((key) => fetched.push(key))
  for await (const _ of source.read(shardId, stretch)) break
  expect(fetched).toHaveLength(2)
})

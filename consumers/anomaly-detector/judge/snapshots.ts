/**
 * What is known of a site, saved at full hours: an object for the state, and an item that names it (table `minutes`, so that
 * it goes with the site):
 *
 *     site      S  partition key
 *     minute    S  sort key, `snapshot`: behind all minutes
 *     next      N  start of the first minute that is not in it, epoch milliseconds
 *     object    S  its key in the bucket
 *     revision  N  counts the writes
 */
import { promisify } from 'node:util'
import { zstdCompress, zstdDecompress } from 'node:zlib'
import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'
import type { Objects } from '../../runtime/objects.ts'
import { replaceRevision } from '../../runtime/revisions.ts'
import { snapshotFolder } from '../shapes/snapshot-folder.ts'

export type Snapshot<Saved> = { next: number; saved: Saved; place: SnapshotPlace }
/** Which snapshot counts, and which write of its item that was. */
export type SnapshotPlace = { object: string | undefined; revision: number }

export type Snapshots<Saved> = {
  find(site: string): Promise<Snapshot<Saved> | undefined>
  /** @returns undefined when somebody else saved since `before` */
  replace(
    site: string,
    before: SnapshotPlace,
    snapshot: Omit<Snapshot<Saved>, 'place'>,
  ): Promise<SnapshotPlace | undefined>
}

export const noSnapshot: SnapshotPlace = { object: undefined, revision: 0 }

export function createSnapshots<Saved>(client: DynamoDBClient, table: string, objects: Objects): Snapshots<Saved> {
  const keyOf = (site: string) => ({ site: { S: site }, minute: { S: 'snapshot' } })
  return {
    async find(site) {
      const query = { TableName: table, Key: keyOf(site), ConsistentRead: true }
      const { Item } = await client.send(new GetItemCommand(query))
      const object = Item?.object?.S
      if (object === undefined) return undefined
      const json = await decompress(await objects.get(object))
      const place = { object, revision: Number(Item?.revision?.N) }
      return { next: Number(Item?.next?.N), saved: JSON.parse(json.toString()) as Saved, place }
    },

    async replace(site, before, { next, saved }) {
      const object = `${snapshotFolder(site)}${new Date(next).toISOString()}.json.zst`
      const revision = before.revision + 1
      await objects.put(object, await compress(Buffer.from(JSON.stringify(saved))))
      const item = { ...keyOf(site), next: { N: String(next) }, object: { S: object } }
      if (!(await replaceRevision(client, table, item, revision))) return undefined
      if (before.object !== undefined && before.object !== object) await objects.delete(before.object)
      return { object, revision }
    },
  }
}

const compress = promisify(zstdCompress)
const decompress = promisify(zstdDecompress)

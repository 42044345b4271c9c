/**
 * Takes objects away for good. In a bucket that keeps versions a deletion only hides an object: what it held can be brought
 * back until the version expires. Here each version goes, those of objects too that others have deleted before.
 */
import { DeleteObjectCommand, ListObjectVersionsCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3'
import type { Objects } from '../runtime/objects.ts'

export type ObjectVersions = {
  /**
   * Deletes every version of every object under a prefix that is to go. May be repeated after a crash.
   *
   * @returns how many versions there were
   */
  deleteAll(prefix: string, isOver: (key: string) => boolean): Promise<number>
}

/** What servers without versions answer; S3 itself never does. */
const withoutVersions = new Set(['NotImplemented', 'MethodNotAllowed'])

export function createObjectVersions(
  client: S3Client,
  bucket: string,
  objects: Pick<Objects, 'list' | 'delete'>,
): ObjectVersions {
  async function* listVersions(prefix: string): AsyncGenerator<{ key: string; version: string | undefined }> {
    let at: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {}
    while (true) {
      const page = await client.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix, ...at }))
      // What says that an object is deleted is a version as well.
      for (const { Key: key = '', VersionId: version } of [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])])
        yield { key, version }
      if (!page.IsTruncated) return
      at = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
    }
  }

  return {
    async deleteAll(prefix, isOver) {
      let deleted = 0
      try {
        for await (const { key, version } of listVersions(prefix)) {
          if (!isOver(key)) continue
          await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key, VersionId: version }))
          deleted += 1
        }
      } catch (error) {
        if (!(error instanceof S3ServiceException && withoutVersions.has(error.name))) throw error
        for (const key of await objects.list(prefix)) {
          if (!isOver(key)) continue
          await objects.delete(key)
          deleted += 1
        }
      }
      return deleted
    },
  }
}

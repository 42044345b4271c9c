/** Fetches the objects of a shard one ahead of who reads them, so that S3's latency passes while events are folded. */
import { NoSuchKey } from '@aws-sdk/client-s3'
import type { ArchiveObject } from '../../archiver/manifest.ts'
import type { Objects } from '../../runtime/objects.ts'

/** The manifest named an object, and it is not there: merged away meanwhile, or missing. */
export class MissingObject extends Error {
  readonly key: string

  constructor(key: string, options: { cause: unknown }) {
    super(`${key} is not there`, options)
    this.key = key
  }
}

/**
 * One object at a time waits to be read, in memory or on its way.
 *
 * @param named in the order in which they will be asked for, each once
 * @returns the bytes of one of them
 * @throws MissingObject when it is its turn, not before
 */
export function fetchAhead(
  objects: Pick<Objects, 'get'>,
  named: readonly ArchiveObject[],
): (place: number) => Promise<Uint8Array> {
  let ahead: { place: number; body: Promise<Uint8Array> } | undefined
  return (place) => {
    const body = ahead?.place === place ? ahead.body : fetchObject(objects, named[place] as ArchiveObject)
    const next = named[place + 1]
    ahead = next && { place: place + 1, body: fetchObject(objects, next) }
    // Whoever stops reading does not ask for it, and learns nothing of its fate.
    ahead?.body.catch(() => {})
    return body
  }
}

async function fetchObject(objects: Pick<Objects, 'get'>, { key }: ArchiveObject): Promise<Uint8Array> {
  try {
    return await objects.get(key)
  } catch (error) {
    if (error instanceof NoSuchKey) throw new MissingObject(key, { cause: error })
    throw error
  }
}

/**
 * What waits beside the stream, and what was passed over: listed in the bucket, a page of its keys each. Who has
 * more than that looks for the cause, not for the number.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { ListObjectsCommand, type S3Client } from '@aws-sdk/client-s3'
import { parseQuarantineKey, quarantineFolder } from '../../consumers/runtime/shapes/quarantine-key.ts'
import { overflowFolder, parseOverflowKey } from '../../stream/overflow-key.ts'

export type SetAside = {
  /** Undefined: it could not be listed. */
  overflow: { batches: number; more: boolean; oldestAt: number | undefined } | undefined
  quarantine: { records: number; more: boolean } | undefined
  /** Why something could not be; the same object for as long as that is all that is known. */
  failure: unknown
}

export type SetAsideStore = {
  /** As it was some seconds ago. Never throws. */
  read(): Promise<SetAside>
}

/** Pages ask every two seconds each, and listing is paid by the request. */
const maxAgeMs = 5000
/** A page waits no longer: it is told what was found last, and the next one what is found now. */
const patienceMs = 1000
/** And a bucket that does not answer by then is one that cannot be listed. */
const timeoutMs = 10_000

const unknown: SetAside = { overflow: undefined, quarantine: undefined, failure: undefined }

export function createSetAsideStore(client: S3Client, bucket: string): SetAsideStore {
  async function list<Place>(prefix: string, parse: (key: string) => Place | undefined) {
    // Version 1, which the embedded S3 can cut short (stream/list-pages.ts).
    const { Contents = [], IsTruncated = false } = await client.send(
      new ListObjectsCommand({ Bucket: bucket, Prefix: prefix }),
      { abortSignal: AbortSignal.timeout(timeoutMs) },
    )
    const places = Contents.map(({ Key = '' }) => parse(Key)).filter((place) => place !== undefined)
    return { places, more: IsTruncated }
  }

  async function look(): Promise<SetAside> {
    const [overflow, quarantine] = await Promise.allSettled([
      list(overflowFolder, parseOverflowKey),
      list(quarantineFolder, parseQuarantineKey),
    ])
    const failed = [overflow, quarantine].find(({ status }) => status === 'rejected')
    return {
      overflow:
        overflow.status === 'fulfilled'
          ? {
              batches: overflow.value.places.length,
              more: overflow.value.more,
              // Keys sort by time.
              oldestAt: overflow.value.places[0]?.createdAt,
            }
          : undefined,
      quarantine:
        quarantine.status === 'fulfilled'
          ? { records: quarantine.value.places.length, more: quarantine.value.more }
          : undefined,
      failure: failed?.status === 'rejected' ? failed.reason : undefined,
    }
  }

  // Age is told by a clock that nobody sets.
  let last: { found: SetAside; at: number } | undefined
  let underWay: Promise<SetAside> | undefined

  async function lookAgain(): Promise<SetAside> {
    const found = await look()
    last = { found, at: performance.now() }
    underWay = undefined
    return found
  }

  return {
    async read() {
      if (last && performance.now() - last.at < maxAgeMs) return last.found
      underWay ??= lookAgain()
      const patience = new AbortController()
      const before = sleep(patienceMs, last?.found ?? unknown, patience).catch(() => unknown)
      const found = await Promise.race([underWay, before])
      patience.abort()
      return found
    },
  }
}

/**
 * A PutRecords of which some entries are refused: what goes on to the store, and the answer put together from the
 * store's and ours, in the order of the request. Pure; bodies are those of the AWS JSON 1.1 protocol.
 */
import { throughputMessage } from './answers.ts'

type PutRecordsBody = { Records: unknown[] }
type PutRecordsAnswer = { FailedRecordCount?: number; Records: unknown[] }

export type SplitPutRecords = {
  /** Undefined when every entry was refused: the store is not asked. */
  forward: Buffer | undefined
  /**
   * @param answer what the store answered (200) to `forward`; nothing when it was not asked
   * @returns undefined when that is no answer to a PutRecords of so many entries
   */
  merge(answer?: Buffer): Buffer | undefined
}

const refusedEntry = { ErrorCode: 'ProvisionedThroughputExceededException', ErrorMessage: throughputMessage }

/** @returns undefined when the body is no PutRecords in JSON */
export function splitPutRecords(body: Buffer, refuses: () => boolean): SplitPutRecords | undefined {
  const request = parse<PutRecordsBody>(body)
  if (!request) return undefined
  const refused = request.Records.map(() => refuses())
  const kept = request.Records.filter((_, i) => !refused[i])

  return {
    forward: kept.length === 0 ? undefined : Buffer.from(JSON.stringify({ ...request, Records: kept })),
    merge(answer) {
      const stored = answer ? parse<PutRecordsAnswer>(answer) : { Records: [] }
      if (stored?.Records.length !== kept.length) return undefined
      let next = 0
      const merged = refused.map((isRefused) => (isRefused ? refusedEntry : stored.Records[next++]))
      const failed = request.Records.length - kept.length + (stored.FailedRecordCount ?? 0)
      return Buffer.from(JSON.stringify({ ...stored, FailedRecordCount: failed, Records: merged }))
    },
  }
}

function parse<T extends { Records: unknown[] }>(body: Buffer): T | undefined {
  try {
    const parsed = JSON.parse(body.toString()) as T | null
    return Array.isArray(parsed?.Records) ? parsed : undefined
  } catch {
    return undefined
  }
}

/** What a replay and its threads tell each other. Errors lose their class on the way, but neither message nor code. */
import type { FoldResult } from './fold-family.ts'
import type { Family } from './shard-families.ts'
import type { ChosenKind } from './sources/choose-source.ts'
import type { ReplayTask } from './task.ts'

export type WorkerData = { task: ReplayTask; source: ChosenKind }

export type ToWorker = { family: Family }

export type FromWorker =
  | { kind: 'progress'; events: number; records: number }
  | { kind: 'passedOver'; shardId: string; sequence: string; reason: string }
  | { kind: 'done'; result: FoldResult }
  | { kind: 'failed'; error: ErrorMessage }

export type ErrorMessage = { message: string; code: string | undefined; stack: string | undefined }

/** What ended a replay, from whichever thread. */
export class ReplayError extends Error {
  /** Of the error that it was: `object_corrupt`, `store_failed`, … */
  readonly code: string

  constructor(code: string, message: string, options?: { cause: unknown }) {
    super(message, options)
    this.code = code
  }
}

export function toMessage(error: unknown): ErrorMessage {
  if (!(error instanceof Error)) return { message: String(error), code: undefined, stack: undefined }
  const { message, stack } = error
  const { code } = error as { code?: unknown }
  return { message, code: typeof code === 'string' ? code : undefined, stack }
}

export function fromMessage({ message, code, stack }: ErrorMessage): ReplayError {
  return new ReplayError(code ?? 'failed', message, { cause: stack })
}

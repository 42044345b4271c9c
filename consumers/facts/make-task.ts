/** What the process that makes facts is told, and what it tells: plain data. */
import type { Segment } from '../aggregator/shapes/segments.ts'
import type { TaskRules } from '../replay/task.ts'
import type { ErrorMessage } from '../replay/worker-messages.ts'

/** Days of arrival that are folded in one go, after the day before the first of them. */
export type Run = {
  timeline: readonly Segment[]
  rules: TaskRules
  days: readonly {
    /** Start of the UTC day, epoch milliseconds. */
    day: number
    /** Where its facts are to be. */
    path: string
  }[]
}

export type MakeTask = {
  site: string
  /** For what is being made: beside where it goes, so that it takes its name in one step. */
  folder: string
  runs: readonly Run[]
}

export type FromMaker = { kind: 'events'; events: number } | { kind: 'done' } | { kind: 'failed'; error: ErrorMessage }

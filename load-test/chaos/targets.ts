/** What can be killed. A further target is a further entry here; the rest of chaos knows this type alone. */
import { startEndpoint } from './endpoint.ts'
import type { Retrace } from './retrace.ts'

export type Exit = { code: number | null; signal: NodeJS.Signals | null }

export type Victim = {
  /** Where the load goes. */
  ingestUrl: string
  /** Undefined while it runs; how it ended, if it did without being told to. */
  crash(): { exit: Exit; output: string } | undefined
  /** Sends the signal; resolves when the process is gone, or with nothing when it would not go and was killed. */
  kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<Exit | undefined>
  /** Resolves when it does its work again. */
  restart(): Promise<void>
  /** In order, for the end. */
  stop(): Promise<void>
}

export type Target = { about: string; start(retrace: Retrace): Promise<Victim> }

export const targets = {
  ingest: { about: 'the ingestion endpoint', start: startEndpoint },
} as const satisfies Record<string, Target>

export type TargetName = keyof typeof targets
export const targetNames = Object.keys(targets) as TargetName[]

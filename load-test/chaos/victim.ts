import type { Exit } from './service-process.ts'

/** What the rounds of an endpoint's chaos kill. */
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

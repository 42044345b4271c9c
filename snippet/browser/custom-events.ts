import type { Core } from './core.ts'
import { report } from './report.ts'
import { safely } from './safely.ts'

export type Retrace = {
  (name: string, props?: Record<string, unknown>): void
  /** Calls made before this script was here, kept by the stub that a page may define. */
  q?: Parameters<Retrace>[]
  /** For the second file; only the script itself sets it. */
  core?: Core
}

declare global {
  interface Window {
    retrace?: Retrace
  }
}

export const retrace: Retrace = safely((name, props) => report('custom', { name, props }))

import type { EventProps } from '../../stream/event.ts'
import { cut } from './cut.ts'
import { report } from './report.ts'
import { safely } from './safely.ts'

export type Retrace = {
  (name: string, props?: Record<string, unknown>): void
  /** Calls made before this script was here, kept by the stub that a page may define. */
  q?: Parameters<Retrace>[]
  /** The id of this page load; only the script itself sets it. */
  load?: string
}

declare global {
  interface Window {
    retrace?: Retrace
  }
}

/** Properties go as the endpoint takes them: 32 of them, no nesting, nothing too long. */
export const retrace: Retrace = safely((name, props) => {
  const taken: Record<string, unknown> = {}
  for (const [key, value] of Object.entries<unknown>(props || {}).slice(0, 32))
    taken[key.slice(0, 64)] = value === !!value || value === +(value as number) ? value : cut(value, 512)
  report({ type: 'custom', name: cut(name, 128), props: taken as EventProps })
})

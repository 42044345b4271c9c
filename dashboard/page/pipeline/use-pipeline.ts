/** The pipeline, asked for every two seconds while somebody looks, and what it was in the last minutes. */
import { useEffect, useState } from 'preact/hooks'
import type { PipelineAnswer } from '../../answers.ts'
import { getJson } from '../state/client.ts'
import { remember } from './summary.ts'

/** As often as consumers report. */
const everyMs = 2000

export type Pipeline = {
  /** Oldest first; empty before the first answer. */
  history: readonly PipelineAnswer[]
  /** The last question was not answered. */
  lost: boolean
}

export function usePipeline(): Pipeline {
  const [state, setState] = useState<Pipeline>({ history: [], lost: false })

  useEffect(() => {
    const abort = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    let asking = false

    async function ask(): Promise<void> {
      if (asking || document.visibilityState === 'hidden') return
      clearTimeout(timer)
      asking = true
      try {
        const answer = await getJson<PipelineAnswer>('/api/pipeline', abort.signal)
        setState(({ history }) => ({ history: remember(history, answer), lost: false }))
      } catch {
        if (!abort.signal.aborted) setState(({ history }) => ({ history, lost: true }))
      }
      asking = false
      if (!abort.signal.aborted) timer = setTimeout(ask, everyMs)
    }

    void ask()
    document.addEventListener('visibilitychange', ask)
    return () => {
      abort.abort()
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', ask)
    }
  }, [])

  return state
}

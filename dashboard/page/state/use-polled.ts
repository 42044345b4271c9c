/** An answer that keeps itself up to date by asking again, as often as it says itself, while somebody looks. */
import { useCallback, useEffect, useState } from 'preact/hooks'
import { getJson, RequestError } from './client.ts'

export type Polled<T> = {
  /** The last answer stays while later questions fail. */
  data: T | undefined
  /** Why the last question was not answered. */
  error: RequestError | undefined
  /** Asks at once. */
  refresh: () => void
}

/** @param everyMs a function that stays the same */
export function usePolled<T>(path: string, everyMs: (answer: T | undefined) => number): Polled<T> {
  const [state, setState] = useState<{ path: string; data?: T; error?: RequestError }>({ path })
  const [attempt, setAttempt] = useState(0)

  useEffect(() => {
    const abort = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    let answer: T | undefined
    let asking = false

    async function ask(): Promise<void> {
      if (asking || document.visibilityState === 'hidden') return
      clearTimeout(timer)
      asking = true
      try {
        answer = await getJson<T>(path, abort.signal)
        if (!abort.signal.aborted) setState({ path, data: answer })
      } catch (error) {
        if (abort.signal.aborted) return
        const told = error instanceof RequestError ? error : new RequestError(0)
        setState((last) => ({ ...(last.path === path ? last : { path }), error: told }))
      }
      asking = false
      if (!abort.signal.aborted) timer = setTimeout(ask, everyMs(answer))
    }

    void ask()
    document.addEventListener('visibilitychange', ask)
    return () => {
      abort.abort()
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', ask)
    }
  }, [path, everyMs, attempt])

  const refresh = useCallback(() => setAttempt((last) => last + 1), [])
  const own = state.path === path
  return { data: own ? state.data : undefined, error: own ? state.error : undefined, refresh }
}

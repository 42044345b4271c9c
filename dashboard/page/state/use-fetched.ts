import { useEffect, useState } from 'preact/hooks'
import { getJson, RequestError } from './client.ts'

export type Fetched<T> = { data: T | undefined; error: RequestError | undefined; retry: () => void }

/**
 * What the API answers at `path`; undefined asks nothing. What was answered before stays until the next answer, and
 * when asking again fails.
 *
 * @param everyMs asks again and again, while somebody looks
 */
export function useFetched<T>(path: string | undefined, everyMs?: number): Fetched<T> {
  const [answer, setAnswer] = useState<{ path?: string; data?: T; error?: RequestError }>({})
  const [attempt, setAttempt] = useState(0)

  useEffect(() => {
    if (path === undefined) {
      setAnswer({})
      return
    }
    const abort = new AbortController()
    getJson<T>(path, abort.signal).then(
      (data) => setAnswer({ path, data }),
      (error: unknown) => {
        if (abort.signal.aborted) return
        const told = error instanceof RequestError ? error : new RequestError(0)
        setAnswer((last) => (last.path === path ? { ...last, error: told } : { path, error: told }))
      },
    )
    const askAgain = () => {
      if (document.visibilityState === 'hidden') document.addEventListener('visibilitychange', askAgain, { once: true })
      else setAttempt((last) => last + 1)
    }
    const timer = everyMs === undefined ? undefined : setTimeout(askAgain, everyMs)
    return () => {
      abort.abort()
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', askAgain)
    }
  }, [path, everyMs, attempt])

  return { data: answer.data, error: answer.error, retry: () => setAttempt((last) => last + 1) }
}

import { useEffect, useState } from 'preact/hooks'
import { getJson, RequestError } from './client.ts'

export type Fetched<T> = { data: T | undefined; error: RequestError | undefined; retry: () => void }

/**
 * What the API answers at `path`; undefined asks nothing. What was answered before stays until the next answer.
 *
 * @param everyMs asks again and again
 */
export function useFetched<T>(path: string | undefined, everyMs?: number): Fetched<T> {
  const [answer, setAnswer] = useState<{ data?: T; error?: RequestError }>({})
  const [attempt, setAttempt] = useState(0)

  useEffect(() => {
    if (path === undefined) {
      setAnswer({})
      return
    }
    const abort = new AbortController()
    getJson<T>(path, abort.signal).then(
      (data) => setAnswer({ data }),
      (error: unknown) => {
        if (!abort.signal.aborted) setAnswer({ error: error instanceof RequestError ? error : new RequestError(0, '') })
      },
    )
    const timer = everyMs === undefined ? undefined : setTimeout(() => setAttempt((last) => last + 1), everyMs)
    return () => {
      abort.abort()
      clearTimeout(timer)
    }
  }, [path, everyMs, attempt])

  return { data: answer.data, error: answer.error, retry: () => setAttempt((last) => last + 1) }
}

import { useEffect, useState } from 'preact/hooks'
import type { MakingAnswer } from '../../answers.ts'
import { getJson, RequestError } from './client.ts'

export type Making = MakingAnswer['making']
export type Fetched<T> = {
  data: T | undefined
  error: RequestError | undefined
  /** What the answer is to be made of is being made: it is asked for again until it is there. */
  making: Making | undefined
  retry: () => void
}

const makingMs = 500

/**
 * What the API answers at `path`; undefined asks nothing. What was answered before stays until the next answer, and
 * when asking again fails.
 *
 * @param everyMs asks again and again, while somebody looks
 */
export function useFetched<T>(path: string | undefined, everyMs?: number): Fetched<T> {
  const [answer, setAnswer] = useState<{ path?: string; data?: T; error?: RequestError; making?: Making }>({})
  const [attempt, setAttempt] = useState(0)

  useEffect(() => {
    if (path === undefined) {
      setAnswer({})
      return
    }
    const abort = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    getJson<T | MakingAnswer>(path, abort.signal).then(
      (data) => {
        if (!isMaking(data)) return setAnswer({ path, data })
        const { making } = data
        setAnswer((last) => (last.path === path ? { ...last, making } : { path, making }))
        clearTimeout(timer)
        timer = setTimeout(askAgain, makingMs)
      },
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
    if (everyMs !== undefined) timer = setTimeout(askAgain, everyMs)
    return () => {
      abort.abort()
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', askAgain)
    }
  }, [path, everyMs, attempt])

  const { data, error, making } = answer
  return { data, error, making, retry: () => setAttempt((last) => last + 1) }
}

function isMaking(answer: unknown): answer is MakingAnswer {
  return typeof answer === 'object' && answer !== null && 'making' in answer
}

/** A list that is asked for once, and replaced by what changes to it answer. */
import { useState } from 'preact/hooks'
import type { RequestError } from '../state/client.ts'
import { useFetched } from '../state/use-fetched.ts'

export type List<T> = {
  data: T | undefined
  error: RequestError | undefined
  retry: () => void
  set: (data: T) => void
}

export function useList<T>(path: string): List<T> {
  const { data, error, retry } = useFetched<T>(path)
  const [changed, set] = useState<T>()
  return { data: changed ?? data, error, retry, set }
}

/** Asks the API. Who is not signed in any more is sent to sign in. */
import type { ProblemAnswer } from '../../answers.ts'

export class RequestError extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** @throws RequestError with the API's own sentence; status 0 when it cannot be reached */
export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await fetch(path, { headers: { accept: 'application/json' }, signal: signal ?? null }).catch(
    (error: unknown) => {
      if (signal?.aborted) throw error
      throw new RequestError(0, '')
    },
  )
  if (response.status === 401) location.assign('/sign-in')
  if (!response.ok) {
    const problem = (await response.json().catch(() => ({}))) as Partial<ProblemAnswer>
    throw new RequestError(response.status, problem.message ?? '')
  }
  return (await response.json()) as T
}

export function apiPath(site: string, question: string, query: Record<string, string | undefined> = {}): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const search = new URLSearchParams(given)
  return `/api/sites/${encodeURIComponent(site)}/${question}${search.size > 0 ? `?${search}` : ''}`
}

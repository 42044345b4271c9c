/** Asks the API. Who is not signed in any more is sent to sign in. */
import type { ProblemAnswer } from '../../answers.ts'
import { problemText } from '../problem-words.ts'

export class RequestError extends Error {
  readonly status: number
  /** When it may be tried again, where the API says so. */
  readonly retryAfterSeconds: number | undefined
  /** The API's own sentence, which names the parameter that it means. */
  readonly sentence: string

  constructor(status: number, problem: Partial<ProblemAnswer> = {}, retryAfterSeconds?: number) {
    super(problemText(problem))
    this.status = status
    this.sentence = problem.message ?? ''
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** @throws RequestError with the API's sentence in the reader's language; status 0 when it cannot be reached */
export function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  return ask<T>(path, { signal: signal ?? null })
}

/** @throws RequestError like `getJson` */
export function postJson<T>(path: string, body?: object, signal?: AbortSignal): Promise<T> {
  if (body === undefined) return ask<T>(path, { method: 'POST' })
  return ask<T>(path, {
    method: 'POST',
    signal: signal ?? null,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

/**
 * Whether a file could be downloaded.
 *
 * @param words what a status means here: an answer to HEAD has no sentence of its own
 * @throws RequestError like `getJson`
 */
export async function requestHead(path: string, words: Readonly<Record<number, string>>): Promise<void> {
  const { ok, status } = await fetch(path, { method: 'HEAD' }).catch(() => {
    throw new RequestError(0)
  })
  if (status === 401) location.assign('/sign-in')
  if (!ok) throw new RequestError(status, { message: words[status] ?? '' })
}

async function ask<T>(path: string, request: RequestInit): Promise<T> {
  const headers = { accept: 'application/json', ...request.headers }
  const response = await fetch(path, { ...request, headers }).catch((error: unknown) => {
    if (request.signal?.aborted) throw error
    throw new RequestError(0)
  })
  if (response.status === 401) location.assign('/sign-in')
  if (!response.ok) {
    const problem = (await response.json().catch(() => ({}))) as Partial<ProblemAnswer>
    const seconds = Number(response.headers.get('retry-after'))
    throw new RequestError(response.status, problem, seconds > 0 ? seconds : undefined)
  }
  return (await response.json()) as T
}

/** What a question is asked with; a list is asked with each of it. */
export type Query = Readonly<Record<string, string | readonly string[] | undefined>>

/** @param question what is asked of the site; none: the site itself */
export function apiPath(site: string, question?: string, query: Query = {}): string {
  const search = new URLSearchParams()
  for (const [name, given = []] of Object.entries(query)) for (const value of [given].flat()) search.append(name, value)
  const path = `/api/sites/${encodeURIComponent(site)}${question === undefined ? '' : `/${question}`}`
  return `${path}${search.size > 0 ? `?${search}` : ''}`
}

/** @param act what is done to it, by a POST */
export function replayPath(id: string, act?: 'publish' | 'rollback' | 'drop'): string {
  const path = `/api/replays/${encodeURIComponent(id)}`
  return act === undefined ? path : `${path}/${act}`
}

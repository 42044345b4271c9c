/** Asks the API. Who is not signed in any more is sent to sign in. */
import type { ProblemAnswer } from '../../answers.ts'

export class RequestError extends Error {
  readonly status: number
  /** When it may be tried again, where the API says so. */
  readonly retryAfterSeconds: number | undefined

  constructor(status: number, message: string, retryAfterSeconds?: number) {
    super(message)
    this.status = status
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** @throws RequestError with the API's own sentence; status 0 when it cannot be reached */
export function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  return ask<T>(path, { signal: signal ?? null })
}

/** @throws RequestError like `getJson` */
export function postJson<T>(path: string, body?: object): Promise<T> {
  if (body === undefined) return ask<T>(path, { method: 'POST' })
  return ask<T>(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

async function ask<T>(path: string, request: RequestInit): Promise<T> {
  const headers = { accept: 'application/json', ...request.headers }
  const response = await fetch(path, { ...request, headers }).catch((error: unknown) => {
    if (request.signal?.aborted) throw error
    throw new RequestError(0, '')
  })
  if (response.status === 401) location.assign('/sign-in')
  if (!response.ok) {
    const problem = (await response.json().catch(() => ({}))) as Partial<ProblemAnswer>
    const seconds = Number(response.headers.get('retry-after'))
    throw new RequestError(response.status, problem.message ?? '', seconds > 0 ? seconds : undefined)
  }
  return (await response.json()) as T
}

export function apiPath(site: string, question: string, query: Record<string, string | undefined> = {}): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const search = new URLSearchParams(given)
  return `/api/sites/${encodeURIComponent(site)}/${question}${search.size > 0 ? `?${search}` : ''}`
}

/** @param act what is done to it, by a POST */
export function replayPath(id: string, act?: 'publish' | 'rollback' | 'drop'): string {
  const path = `/api/replays/${encodeURIComponent(id)}`
  return act === undefined ? path : `${path}/${act}`
}

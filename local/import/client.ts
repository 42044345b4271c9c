/** The endpoint's import, spoken to over HTTP: patient with an endpoint that is busy, clear about one that refuses. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { ImportEvent } from './page-views.ts'

export type ImportChunk = { line: number; prefix: string; done: boolean; events: ImportEvent[] }
export type ImportState = { line: number; prefix: string; accepted: number; done: boolean; origins: string[] }
export type ImportAnswer = { accepted: number; rejected: { index: number; code: string; message: string }[] }

/** Ends the command with its message. */
export class ImportError extends Error {}

/** How long an endpoint that is down or busy is waited for. */
const patienceMs = 60_000
const retryMs = 500

export class ImportClient {
  readonly #url: string
  readonly #token: string

  constructor(url: string, token: string) {
    this.#url = url
    this.#token = token
  }

  state(site: string, source: string): Promise<ImportState> {
    return this.#ask(site, `/v1/imports/${encodeURIComponent(site)}/${source}`, {})
  }

  send(site: string, source: string, chunk: ImportChunk): Promise<ImportAnswer> {
    return this.#ask(site, '/v1/import', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ site, source, ...chunk }),
    })
  }

  async #ask<T>(
    site: string,
    path: string,
    init: { method?: string; headers?: Record<string, string>; body?: string },
  ): Promise<T> {
    const until = Date.now() + patienceMs
    while (true) {
      const answer = await fetch(this.#url + path, {
        ...init,
        headers: { ...init.headers, authorization: `Bearer ${this.#token}` },
        signal: AbortSignal.timeout(30_000),
      }).catch((error: unknown) => error as Error)
      if (answer instanceof Response && answer.ok) return (await answer.json()) as T
      const busy = answer instanceof Error || answer.status === 503 || answer.status === 429
      if (!busy || Date.now() > until) throw await this.#explain(answer, site)
      await sleep(retryMs)
    }
  }

  async #explain(answer: Response | Error, site: string): Promise<ImportError> {
    if (answer instanceof Error)
      return new ImportError(`The endpoint ${this.#url} does not answer. Is Retrace running (npm start)?`)
    const { code, message } = (await answer.json().catch(() => ({}))) as { code?: string; message?: string }
    if (code === 'unknown_site')
      return new ImportError(`There is no site "${site}". Add it: npm run sites -- add ${site}`)
    if (code === 'not_authorized')
      return new ImportError(
        'The endpoint does not accept this token. RETRACE_ADMIN_TOKEN must be the one it was started with.',
      )
    return new ImportError(`The endpoint answered ${answer.status}: ${message ?? 'no reason given'}`)
  }
}

/** Asks in SQL, again and again while facts are being made. */
import type { MakingAnswer } from '../../../answers.ts'
import type { SqlAnswer } from '../../../sql-answer.ts'
import { postJson } from '../../state/client.ts'
import type { Making } from '../../state/use-fetched.ts'

const makingMs = 500

/** @throws RequestError */
export async function askSql(
  path: string,
  sql: string,
  signal: AbortSignal,
  onMaking: (making: Making) => void,
): Promise<SqlAnswer> {
  for (;;) {
    const answer = await postJson<SqlAnswer | MakingAnswer>(path, { sql }, signal)
    if (!('making' in answer)) return answer
    onMaking(answer.making)
    await new Promise((resolve) => setTimeout(resolve, makingMs))
  }
}

/**
 * Saves the whole answer as a file.
 *
 * @returns why there is none, as the API says it
 */
export async function saveFile(
  path: string,
  sql: string,
  name: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  for (;;) {
    const response = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ sql }),
      signal,
    })
    if (response.status === 202) {
      await new Promise((resolve) => setTimeout(resolve, makingMs))
      continue
    }
    if (!response.ok) return ((await response.json().catch(() => ({}))) as { message?: string }).message ?? ''
    const url = URL.createObjectURL(await response.blob())
    const link = document.createElement('a')
    link.href = url
    link.download = name
    link.click()
    URL.revokeObjectURL(url)
    return undefined
  }
}

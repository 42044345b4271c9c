import type { MapAnswer } from './answer.ts'
import type { Token } from './token.ts'

/** `refused`: the token is over, or of another page. `unreachable`: also when the page's own policy forbids to ask. */
export type Asked = { kind: 'answer'; answer: MapAnswer } | { kind: 'refused' | 'unreachable' }

/** While the figures are being made. */
const mostAttempts = 60

export async function ask({ text, api }: Token): Promise<Asked> {
  try {
    for (let attempt = 0; attempt < mostAttempts; attempt++) {
      const answer = await fetch(api, { headers: { authorization: `Bearer ${text}` }, credentials: 'omit' })
      if (answer.status === 200) return { kind: 'answer', answer: (await answer.json()) as MapAnswer }
      if (answer.status === 403) return { kind: 'refused' }
      if (answer.status !== 202) break
      const seconds = Number(answer.headers.get('retry-after')) || 1
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
    }
  } catch {}
  return { kind: 'unreachable' }
}

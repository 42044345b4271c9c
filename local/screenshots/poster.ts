/** What somebody sets on the dashboard, by its API. */
import { token } from '../bench-dashboard/stack.ts'

/** @returns posts to a path of the site, and rejects with what the dashboard says when it does not take it */
export function poster(address: string, site: string): (path: string, body: object) => Promise<void> {
  return async (path, body) => {
    const answer = await fetch(`${address}/api/sites/${site}/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
  }
}

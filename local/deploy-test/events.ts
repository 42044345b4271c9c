/** What events of this test are made of. */
import type { TrackedEvent } from '../../stream/event.ts'

/** The site of the visitors, and the one with a past. */
export const sites = { visited: 'blog', flooded: 'flooded' }

export function pageview(load: string, at: number, path: string): TrackedEvent {
  return { type: 'pageview', load, n: 0, at, url: `https://blog.example${path}` }
}

export const browser = (version: number) =>
  `Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version}.0.0.0 Safari/537.36`

export const hex = (digits: number, value: number) => value.toString(16).padStart(digits, '0')

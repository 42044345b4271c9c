/** Which requests of a log are page views, and what event each is. */
import { hash } from 'node:crypto'
import type { TrackedEvent } from '../../stream/event.ts'
import type { LogEntry } from './combined-log.ts'

/** Why a request is no page view. */
export type Skipped = 'file' | 'feed' | 'status' | 'method'

/** What pages are served as; other extensions are files. A name without extension is a page. */
const pageExtensions = new Set(['html', 'htm', 'xhtml', 'shtml', 'php', 'asp', 'aspx', 'jsp', 'jspx', 'do', 'cfm'])
const feedPath = /(?:\/(?:feed|rss|atom)\/?|\.(?:rss|atom|rdf))$/i
const feedQuery = /[?&](?:flav|feed|format)=(?:rss|atom)/i

/** Undefined: it is a page view. */
export function whyNoPageView({ method, status, target }: LogEntry): Skipped | undefined {
  if (method !== 'GET') return 'method'
  // 304 is a page view too: the browser showed the page from its cache.
  if (status !== 304 && (status < 200 || status > 299 || status === 206)) return 'status'
  const [path = ''] = target.split(/[?#]/, 1)
  if (feedPath.test(path) || feedQuery.test(target)) return 'feed'
  const extension = /\.([a-z][a-z0-9]{0,9})$/i.exec(path)?.[1]?.toLowerCase()
  return extension === undefined || pageExtensions.has(extension) ? undefined : 'file'
}

/** How many times each request was seen so far: equal lines of one second are different page views. */
export class Occurrences {
  #recent = new Map<string, number>()
  #before = new Map<string, number>()

  /** @returns 0 for the first */
  next(fingerprint: string): number {
    const seen = this.#recent.get(fingerprint) ?? this.#before.get(fingerprint) ?? 0
    this.#recent.set(fingerprint, seen + 1)
    // Logs are in order of time, so equal lines are near each other: the last hundred thousand are enough.
    if (this.#recent.size >= 50_000) {
      this.#before = this.#recent
      this.#recent = new Map()
    }
    return seen
  }
}

export type ImportEvent = TrackedEvent & { address: string; userAgent: string }

/**
 * The event's identity is made of what the line says, without the address: importing the same line again, from this
 * file or another, gives the same event.
 *
 * @param origin of the site, such as `https://example.org`, for targets that are paths
 */
export function toEvent(entry: LogEntry, occurrence: number, origin: string): ImportEvent {
  return {
    type: 'pageview',
    load: hash('sha256', `${entry.fingerprint}\n${occurrence}`, 'hex').slice(0, 16),
    n: 0,
    at: entry.at,
    url: /^https?:\/\//i.test(entry.target) ? entry.target : origin + entry.target,
    ...(entry.referrer !== undefined && { referrer: entry.referrer.slice(0, 2048) }),
    address: entry.address,
    userAgent: entry.userAgent,
  }
}

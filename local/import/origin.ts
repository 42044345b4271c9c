/** The address of the site whose log this is, which the log itself does not say. */
import type { LogEntry } from './combined-log.ts'
import { parseLogLine } from './combined-log.ts'
import { readLog } from './log-file.ts'

/** Lines to look at, and the part of their referrers that must agree. */
const sampleLines = 20_000
const leastShare = 0.25

/**
 * Most referrers in a site's log are its own pages: the most frequent one is the site, if it is frequent enough.
 *
 * @returns an origin such as `https://www.example.org`
 */
export async function guessOrigin(file: string): Promise<string | undefined> {
  const byHost = new Map<string, Map<string, number>>()
  let referrers = 0
  let lines = 0
  for await (const line of readLog(file).lines) {
    if (++lines > sampleLines) break
    const origin = originOf(parseLogLine(line))
    if (origin === undefined) continue
    referrers++
    const host = origin.replace(/^https?:\/\/(?:www\.)?/, '')
    const origins = byHost.get(host) ?? new Map<string, number>()
    byHost.set(host, origins.set(origin, (origins.get(origin) ?? 0) + 1))
  }
  const total = (origins: Map<string, number>) => [...origins.values()].reduce((sum, count) => sum + count, 0)
  const [most] = [...byHost.values()].sort((a, b) => total(b) - total(a))
  if (!most || total(most) < referrers * leastShare) return undefined
  return [...most].sort((a, b) => b[1] - a[1])[0]?.[0]
}

function originOf(entry: LogEntry | undefined): string | undefined {
  const referrer = entry?.referrer
  return referrer && /^https?:\/\//i.test(referrer) && URL.canParse(referrer) ? new URL(referrer).origin : undefined
}
